using System.Globalization;
using Havm.Lab.Ground;
using Havm.Lab.Tools;

namespace Havm.Lab.Chassis;

/// <summary>How a BMC behaves; everything but <see cref="Ok"/> is a fault for tests and rehearsals.</summary>
public enum BmcBehaviour
{
    /// <summary>Does and says what is true.</summary>
    Ok,

    /// <summary>Silent: no answer, no refusal, as if its power were gone.</summary>
    Dead,

    /// <summary>Answers every order with success, does nothing, and always claims the node is Off.</summary>
    Lying,

    /// <summary>Truthful, but every answer takes its time.</summary>
    Slow,
}

/// <summary>A BMC's behaviour, kept in a small file that the chassis reads at every request.</summary>
/// <param name="Delay">Before each answer; zero unless <see cref="BmcBehaviour.Slow"/>.</param>
public sealed record BmcMode(BmcBehaviour Behaviour, TimeSpan Delay)
{
    public static readonly BmcMode Ok = new(BmcBehaviour.Ok, TimeSpan.Zero);
    public static readonly BmcMode Dead = new(BmcBehaviour.Dead, TimeSpan.Zero);

    /// <summary>Slower than a caller's usual patience of a few seconds.</summary>
    public static readonly TimeSpan DefaultDelay = TimeSpan.FromSeconds(10);

    public static BmcMode Read(LabPlan plan, string node)
    {
        var words = LabFiles.ReadText(plan.Paths.BmcMode(node))?.Split(' ');
        return words is [var behaviour, var seconds]
            ? new BmcMode(
                Enum.Parse<BmcBehaviour>(behaviour, ignoreCase: true),
                TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture)))
            : Ok;
    }

    /// <summary>Sets the behaviour and, with namespaces, takes the BMC's address away or gives it back.</summary>
    public async Task ApplyAsync(LabPlan plan, NodePlan node)
    {
        var seconds = Delay.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        LabFiles.WriteText(plan.Paths.BmcMode(node.Name), $"{Behaviour} {seconds}\n");
        if (plan.UsesNamespaces)
        {
            var network = new LabNetwork(plan);
            await (Behaviour is BmcBehaviour.Dead ? network.SilenceBmcAsync(node) : network.ReviveBmcAsync(node));
        }
    }
}
