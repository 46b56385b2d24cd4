using System.Text.Json.Serialization;

namespace Havm.Wire.Guest;

/// <summary>
/// One line on the virtio-serial port between a guest agent and its host agent. The field <c>type</c> names the
/// message; unknown fields are ignored, so either side may be older. Times travel as seconds.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(HelloMessage), HelloMessage.Name)]
[JsonDerivedType(typeof(BeatMessage), BeatMessage.Name)]
[JsonDerivedType(typeof(ReadyMessage), ReadyMessage.Name)]
[JsonDerivedType(typeof(RoleStateMessage), RoleStateMessage.Name)]
[JsonDerivedType(typeof(RoleLogMessage), RoleLogMessage.Name)]
[JsonDerivedType(typeof(NoticesMessage), NoticesMessage.Name)]
[JsonDerivedType(typeof(PongMessage), PongMessage.Name)]
[JsonDerivedType(typeof(ErrorMessage), ErrorMessage.Name)]
[JsonDerivedType(typeof(ConfigureMessage), ConfigureMessage.Name)]
[JsonDerivedType(typeof(ShutdownMessage), ShutdownMessage.Name)]
[JsonDerivedType(typeof(PingMessage), PingMessage.Name)]
public abstract record GuestMessage;
