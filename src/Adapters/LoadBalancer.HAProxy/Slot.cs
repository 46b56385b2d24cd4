using System.Globalization;
using Havm.Model;

namespace Havm.LoadBalancer.HAProxy;

/// <summary>One server line of the running process, as its `show servers state` and `show stat` tell it.</summary>
internal sealed record Slot(string Name, string Address, int Port, int Operation, int Admin)
{
    private const int Maintenance = 0x01 | 0x02 | 0x20;
    private const int Drained = 0x08 | 0x10;

    public string Status { get; init; } = "";

    /// <summary>"L7OK", "L4TOUT"; a probe under way is marked with "* ".</summary>
    public string Check { get; init; } = "";

    public string CheckCode { get; init; } = "";

    public string CheckWords { get; init; } = "";

    public int Sessions { get; init; }

    public long Requests { get; init; }

    public long Errors { get; init; }

    public bool IsOut => (Admin & Maintenance) != 0;

    public bool IsDrained => !IsOut && (Admin & Drained) != 0;

    /// <summary>Enough probes in a row were answered.</summary>
    public bool Runs => Operation == 2;

    private string LastCheck => Check.StartsWith("* ", StringComparison.Ordinal) ? Check[2..] : Check;

    private bool WasAsked => LastCheck.Length > 0 && LastCheck is not ("INI" or "UNK");

    private bool Passed => LastCheck is "L4OK" or "L6OK" or "L7OK" or "L7OKC";

    public MemberHealth Health => IsOut || !WasAsked ? MemberHealth.Unknown
        : !Runs ? Passed ? MemberHealth.Missing : MemberHealth.Down
        : Passed ? MemberHealth.Up : MemberHealth.Missing;

    /// <summary>
    /// A refusal comes from the machine itself; no route, and nothing at all, do not. What HAProxy could not even send
    /// says nothing of the other side.
    /// </summary>
    public bool Answered => LastCheck switch
    {
        "L4CON" => CheckWords.Contains("refused", StringComparison.OrdinalIgnoreCase),
        "L4OK" or "L6OK" or "L7OK" or "L7OKC" or "L7STS" or "L7RSP" or "L6RSP" => true,
        _ => false,
    };

    public string Words => !WasAsked || IsOut ? ""
        : string.Join(' ', new[] { LastCheck, CheckCode, CheckWords }.Where(word => word.Length > 0));

    public static IEnumerable<Slot> Read(string state, string statistics)
    {
        var numbers = Table(statistics.TrimStart('#', ' ')).GroupBy(row => row["svname"])
            .ToDictionary(same => same.Key, same => same.First());
        foreach (var line in state.Split('\n').Where(l => l.Length > 0 && l[0] is >= '0' and <= '9'))
        {
            var field = line.Split(' ');
            if (field.Length < 19 || !numbers.TryGetValue(field[3], out var row))
            {
                continue;
            }

            yield return new Slot(field[3], field[4], (int)Number(field[18]), (int)Number(field[5]),
                (int)Number(field[6]))
            {
                Status = row["status"],
                Check = row["check_status"],
                CheckCode = row["check_code"],
                CheckWords = row["last_chk"].Length > 0 ? row["last_chk"] : row["check_desc"],
                Sessions = (int)(Number(row["scur"]) + Number(row["qcur"])),
                Requests = Number(row["stot"]),
                Errors = Number(row["econ"]) + Number(row["eresp"]) + Number(row["srv_abrt"]),
            };
        }
    }

    private static IEnumerable<Dictionary<string, string>> Table(string csv)
    {
        var lines = csv.Split('\n').Where(l => l.Length > 0).Select(l => l.Split(',')).ToList();
        return lines.Skip(1).Select(line => lines[0].Zip(line).GroupBy(pair => pair.First)
            .ToDictionary(same => same.Key, same => same.First().Second));
    }

    private static long Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
