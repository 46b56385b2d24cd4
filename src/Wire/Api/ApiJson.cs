using System.Text.Json.Serialization;
using Havm.Wire.Guest;

namespace Havm.Wire.Api;

/// <summary>The generated readers and writers of the REST API: camelCase, enums as words, nulls left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    Converters = [typeof(CamelEnumConverter<ApplyOutcome>)])]
[JsonSerializable(typeof(System.Text.Json.JsonElement))]
[JsonSerializable(typeof(ListView<ObjectView>))]
[JsonSerializable(typeof(ListView<NodeView>))]
[JsonSerializable(typeof(ListView<InstanceView>))]
[JsonSerializable(typeof(ListView<ServiceView>))]
[JsonSerializable(typeof(ListView<IncidentView>))]
[JsonSerializable(typeof(ListView<QuorumView>))]
[JsonSerializable(typeof(ReportView))]
[JsonSerializable(typeof(EventView))]
[JsonSerializable(typeof(ExplainView))]
[JsonSerializable(typeof(ClusterStatusView))]
[JsonSerializable(typeof(ConfirmDeadRequest))]
[JsonSerializable(typeof(BackupRequest))]
[JsonSerializable(typeof(ScaleRequest))]
[JsonSerializable(typeof(NodeReportView))]
[JsonSerializable(typeof(RepairRequest))]
[JsonSerializable(typeof(ReturnRequest))]
[JsonSerializable(typeof(MoveRequest))]
[JsonSerializable(typeof(BusyRequest))]
[JsonSerializable(typeof(HoldRequest))]
[JsonSerializable(typeof(DisarmRequest))]
[JsonSerializable(typeof(ApplyResult))]
[JsonSerializable(typeof(OrderAnswer))]
[JsonSerializable(typeof(ErrorView))]
public sealed partial class ApiJson : JsonSerializerContext;
