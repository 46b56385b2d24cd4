using System.Collections.Immutable;
using Havm.Cli.Output;
using Havm.Model;
using Havm.Wire.Api;

namespace Havm.Cli.Tables;

/// <summary>Pieces that several pages show alike.</summary>
internal static class Parts
{
    public static void Reason(Page page, Reason? reason)
    {
        if (reason is null)
        {
            return;
        }

        page.Field("Reason", reason.ToString());
        foreach (Evidence each in reason.Evidence.IsDefault ? [] : reason.Evidence)
        {
            page.More($"- {each.Source}: {each.Message}");
        }
    }

    public static void Conditions(Page page, ImmutableArray<ConditionView> conditions)
    {
        if (conditions.IsEmpty)
        {
            return;
        }

        page.Heading("Conditions");
        var table = new TextTable(
            new("TYPE"), new("STATUS"), new("SINCE", 1, Right: true), new("SINCE WHEN", 3), new("MESSAGE", Fold: true));
        foreach (ConditionView each in conditions)
        {
            table.Add(
                each.Type, each.Status, Times.Ago(each.LastTransitionTime), Times.Absolute(each.LastTransitionTime),
                each.Message);
        }

        page.Table(table, "");
    }

    public static void Held(Page page, ImmutableArray<HeldView> held)
    {
        if (held.IsEmpty)
        {
            return;
        }

        page.Heading("Held");
        foreach (HeldView each in held)
        {
            page.Text($"{each.Subject}: {each.Act}", 2, Tone.Warn);
            string since = each.Since is null ? "" : $" since {Times.Both(each.Since)}";
            page.Text($"held by {each.Guard}{since}: {each.Message}", 4);
            page.Text($"released by: {each.ReleasedBy}", 4);
        }
    }
}
