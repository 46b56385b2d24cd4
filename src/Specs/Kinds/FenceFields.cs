using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Havm.Model;

namespace Havm.Specs;

/// <summary>One way to switch a node off from outside, or to cut it off from storage.</summary>
internal static class FenceFields
{
    private static readonly TextType HttpsUrl = new(
        "https URL", 255, @"^https://[A-Za-z0-9.\[\]:_-]+(/[^\s]*)?$",
        "the address as \"https://host\" or \"https://host:port\"");

    private static readonly TextType SystemIdType = new(
        "Redfish system id", 255, @"^[^\s/]+$", "the last part of its path below /redfish/v1/Systems");

    private static readonly TextType UuidType = new(
        "UUID", 36, "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
        "the machine's UUID, like 4c4c4544-0051-3010-8052-b4c04f4d3132");

    private static readonly TextType AddressType = new(
        "address", 255, @"^([A-Za-z0-9][A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\])(:[1-9][0-9]{0,4})?$",
        "\"host\" or \"host:port\", an IPv6 address in brackets");

    private static readonly TextType AgentType = new(
        "fence agent", 64, "^fence_[A-Za-z0-9_]+$", "the agent's file name, like fence_apc_snmp");

    private static readonly TextType ParameterName = new(
        "parameter name", 64, "^[A-Za-z0-9_-]+$", "a name that the agent's metadata lists");

    private static readonly TextType OneLine = new(
        "text", 255, @"^[^\x00-\x1f\x7f]*$", "one line of text");

    /// <summary>Names of parameters that are not the spec's to say, with where they belong.</summary>
    private static readonly (string Name, string Remedy)[] Elsewhere =
    [
        ("^action$", "remove it: Havm says what is to be done"),
        ("^login$", "write it before the colon of credentialsFile's first line"),
        ("^username$", "write it before the colon of credentialsFile's first line"),
        ("passw", "write it after the colon of credentialsFile's first line"),
        ("community", "write it as a further line, NAME=VALUE, of credentialsFile"),
        ("secret", "write it as a further line, NAME=VALUE, of credentialsFile"),
        ("token", "write it as a further line, NAME=VALUE, of credentialsFile"),
    ];

    private static readonly Member<FenceMethod, FenceDriver> Driver = Member.Optional(
        "driver", new WordType<FenceDriver>(), FenceDriver.Redfish, (FenceMethod m) => m.Driver,
        "`redfish` and `ipmi` speak to a BMC; `fenceAgent` runs an installed agent, for a BMC, a PDU's outlets or "
        + "storage.");

    private static readonly Member<FenceMethod, string> Url = Member.Maybe<FenceMethod, string>(
        "url", HttpsUrl, m => m.Url,
        "`redfish`, required: where it answers; loopback and link-local hosts only in lab clusters.");

    private static readonly Member<FenceMethod, string> SystemId = Member.Maybe<FenceMethod, string>(
        "systemId", SystemIdType, m => m.SystemId, "`redfish`, required: which of its systems this node is.");

    private static readonly Member<FenceMethod, string> Uuid = Member.Maybe<FenceMethod, string>(
        "uuid", UuidType, m => m.Uuid,
        "`redfish`, required; `ipmi`, where the BMC tells it: compared before every order, so that no other machine is "
        + "ever switched off.");

    private static readonly Member<FenceMethod, string> Address = Member.Maybe<FenceMethod, string>(
        "address", AddressType, m => m.Address,
        "`ipmi`, required: host, or host:port where that is not 623; loopback only in lab clusters.");

    private static readonly Member<FenceMethod, string> Agent = Member.Maybe<FenceMethod, string>(
        "agent", AgentType, m => m.Agent, "`fenceAgent`, required: an agent that is installed beside the controller.");

    private static readonly TextMapType Told = new(ParameterName, OneLine, 32);

    private static readonly Member<FenceMethod, ImmutableSortedDictionary<string, string>> Parameters =
        Member.Optional(
            "parameters", Told, ImmutableSortedDictionary<string, string>.Empty, (FenceMethod m) => m.Parameters,
            "`fenceAgent`: what it is told besides action and credentials, by the names of its metadata.");

    private static readonly Member<FenceMethod, ImmutableArray<ImmutableSortedDictionary<string, string>>> Outlets =
        Member.Optional<FenceMethod, ImmutableArray<ImmutableSortedDictionary<string, string>>>(
            "outlets", new ListType<ImmutableSortedDictionary<string, string>>(Told, 8), [], m => m.Outlets,
            "`fenceAgent` of PDUs: every outlet that feeds the node, each as the parameters that name it; "
            + "off means that all of them are.");

    private static readonly Member<FenceMethod, ImmutableArray<string>> Datastores =
        Member.Optional<FenceMethod, ImmutableArray<string>>(
            "datastores", new ListType<string>(TextType.Name, 16, Min: 1, Key: ""), [], m => m.Datastores,
            "`fenceAgent` in `fencing`, of storage and not of power: the Datastores, each `enforcing`, that refuse the "
            + "node's writes while it reads Off, and take them while it reads On.");

    private static readonly Member<FenceMethod, string> CredentialsFile = Member.Maybe<FenceMethod, string>(
        "credentialsFile", TextType.AbsolutePath, m => m.CredentialsFile,
        "A file with \"user:password\" on the controller's machine, readable by root alone; for an agent with further "
        + "lines NAME=VALUE, or left out if it needs none.");

    private static readonly Member<FenceMethod, string> CaFile = Member.Maybe<FenceMethod, string>(
        "caFile", TextType.AbsolutePath, m => m.CaFile,
        "`redfish`: PEM file with the certificate authority to trust; without it, those of the system.");

    private static readonly Member<FenceMethod, TimeSpan?> Timeout = Member.Optional(
        "timeout", new NullableType<TimeSpan>(new DurationType(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5))), null,
        (FenceMethod m) => m.Timeout == FenceMethod.UsualTimeout(m.Driver) ? (TimeSpan?)null : m.Timeout,
        "Time from an order until power, or storage, must read Off, before it is ordered again; 5s, for `fenceAgent` "
        + "20s.");

    private static readonly Member<FenceMethod, int> Retries = Member.Optional(
        "retries", new IntegerType(0, 10), FenceMethod.UsualRetries, (FenceMethod m) => m.Retries,
        "In `fencing`: further orders, each with its time, before the next method is tried.");

    public static readonly Shape<FenceMethod> Shape = new(
        [
            Driver, Url, SystemId, Uuid, Address, Agent, Parameters, Outlets, Datastores, CredentialsFile, CaFile,
            Timeout, Retries,
        ],
        Build, new Rule([Driver], CheckDriver), new Rule([Datastores, Outlets], CheckOneKind),
        new Rule([Parameters], CheckParameters), new Rule([Outlets], CheckOutlets));

    private static FenceMethod Build(Values v) => new()
    {
        Driver = v.Get(Driver),
        Url = v.Get(Url),
        SystemId = v.Get(SystemId),
        Uuid = v.Get(Uuid),
        Address = v.Get(Address),
        Agent = v.Get(Agent),
        Parameters = v.Get(Parameters),
        Outlets = v.Get(Outlets),
        Datastores = v.Get(Datastores),
        CredentialsFile = v.Get(CredentialsFile),
        CaFile = v.Get(CaFile),
        Retries = v.Get(Retries),
        Timeout = v.Get(Timeout) ?? FenceMethod.UsualTimeout(v.Get(Driver)),
    };

    private static (IMember[] Needs, IMember[] May) FieldsOf(FenceDriver driver) => driver switch
    {
        FenceDriver.Redfish => ([Url, SystemId, Uuid, CredentialsFile], [CaFile]),
        FenceDriver.Ipmi => ([Address, CredentialsFile], [Uuid]),
        FenceDriver.FenceAgent => ([Agent], [Parameters, Outlets, Datastores, CredentialsFile]),
    };

    private static void CheckDriver(Values values)
    {
        (IMember[] needs, IMember[] may) = FieldsOf(values.Get(Driver));
        foreach (IMember missing in needs.Where(m => !values.Has(m.Name)))
        {
            values.Refuse(missing.Name, "is missing", $"add \"{missing.Name}:\" ({missing.Type.Words})");
        }

        foreach (string stray in Shape.Inner.Except([.. needs, .. may, Driver, Timeout, Retries]).Select(m => m.Name))
        {
            if (values.Has(stray))
            {
                values.Refuse(stray, $"stands beside driver {Word.Of(values.Get(Driver))}",
                    "write the driver it belongs to, or remove it");
            }
        }
    }

    private static void CheckOneKind(Values values)
    {
        if (!values.Get(Datastores).IsEmpty && !values.Get(Outlets).IsEmpty)
        {
            values.Refuse("outlets", "stands beside datastores",
                "outlets switch power, and datastores cut off storage: write an item of fencing for each");
        }
    }

    private static void CheckParameters(Values values)
    {
        foreach (string name in values.Get(Parameters).Keys)
        {
            RefuseElsewhere(values, "parameters", name);
        }
    }

    private static void CheckOutlets(Values values)
    {
        ImmutableArray<ImmutableSortedDictionary<string, string>> outlets = values.Get(Outlets);
        foreach ((int i, ImmutableSortedDictionary<string, string> outlet) in outlets.Index())
        {
            foreach (string name in outlet.Keys)
            {
                RefuseElsewhere(values, $"outlets[{i}]", name);
            }

            if (outlet.IsEmpty)
            {
                values.Refuse($"outlets[{i}]", "is empty", "write the parameter that names it, like plug: 7");
            }
            else if (outlets.Take(i).Any(outlet.SequenceEqual))
            {
                values.Refuse($"outlets[{i}]", "stands twice", "name each outlet once");
            }
        }
    }

    private static void RefuseElsewhere(Values values, string field, string name)
    {
        if (Elsewhere.FirstOrDefault(e => Regex.IsMatch(name, e.Name)).Remedy is { } remedy)
        {
            values.Refuse(field, $"holds {name}, which does not belong there", remedy);
        }
    }
}
