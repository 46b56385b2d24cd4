using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Core.Lifecycle;

/// <summary>What two definitions of one machine differ in, in words that people read.</summary>
public static class MachineChange
{
    /// <summary>What only a new process takes up, like "memory 112 MiB -> 120 MiB"; empty when nothing of it.</summary>
    public static ImmutableArray<string> AtNextStart(MachineDefinition from, MachineDefinition to)
    {
        var words = ImmutableArray.CreateBuilder<string>();
        Add(words, from.Vcpus != to.Vcpus, $"vCPUs {from.Vcpus} -> {to.Vcpus}");
        Add(words, from.Memory != to.Memory, $"memory {from.Memory} -> {to.Memory}");
        Add(words, from.Boot != to.Boot, "what it boots");
        Add(words, !from.Disks.SequenceEqual(to.Disks), "disks");
        Add(words, !from.Nics.SequenceEqual(to.Nics), "network cards");
        Add(words, from.GuestAgent != to.GuestAgent,
            $"guest agent {Word.Of(from.GuestAgent)} -> {Word.Of(to.GuestAgent)}");
        Add(words, !MachineText.Same(from.Application, to.Application), "application");
        return words.ToImmutable();
    }

    /// <summary>What holds for the running process too, once its node has heard of it.</summary>
    public static ImmutableArray<string> AtOnce(MachineDefinition from, MachineDefinition to)
    {
        var words = ImmutableArray.CreateBuilder<string>();
        Add(words, from.Isolation != to.Isolation, $"isolation {Word.Of(from.Isolation)} -> {Word.Of(to.Isolation)}");
        Add(words, from.Monitoring != to.Monitoring,
            $"monitoring {Word.Of(from.Monitoring)} -> {Word.Of(to.Monitoring)}");
        Add(words, from.Repair != to.Repair, "limits of repair in place");
        Add(words, from.DumpWithin != to.DumpWithin, $"dump of a guest that fails {Dump(from)} -> {Dump(to)}");
        return words.ToImmutable();
    }

    private static string Dump(MachineDefinition machine) =>
        machine.DumpWithin is { } within ? $"within {within.TotalSeconds:0.#} s" : "none";

    private static void Add(ImmutableArray<string>.Builder words, bool differs, string what)
    {
        if (differs)
        {
            words.Add(what);
        }
    }
}
