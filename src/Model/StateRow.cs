namespace Havm.Model;

/// <summary>
/// What people can rely on about one state: no state without a deadline, an owner, a next action and an operator verb.
/// </summary>
/// <param name="Deadline">When it ends at the latest; or why it may last, and where that shows.</param>
/// <param name="Owner">Who brings it to its end: a decider by its file, the host, or a person.</param>
/// <param name="Next">What is done next.</param>
/// <param name="Verb">The order by which an operator ends it, or hastens it.</param>
public sealed record StateRow(string Deadline, string Owner, string Next, string Verb)
{
    /// <summary>A state to rest in: nothing is owed, and a verb leads out of it.</summary>
    public static StateRow Rest(string verb) => new("none: it is where things rest", "nobody", "nothing is due", verb);
}
