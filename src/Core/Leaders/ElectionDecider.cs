using Havm.Model;

namespace Havm.Core.Leaders;

/// <summary>
/// Who holds the office among several controllers, from the view of one of them (SAFETY 6). The store has the last
/// word: it keeps the office for whoever claimed it, for as long as that one's keepalives arrive. What is decided here
/// is when to claim it, when to send keepalives, and above all when to leave: by the own clock, strictly before the
/// store may give the office to another, whether or not the store can be heard.
/// </summary>
public static class ElectionDecider
{
    /// <summary>Takes one fact; what is to be done is in order.</summary>
    public static (Candidacy After, IReadOnlyList<ElectionEffect> Effects) Decide(
        Candidacy candidacy, ElectionInput input, LeadershipTerms terms, Instant now)
    {
        var effects = new List<ElectionEffect>();
        if (IsOver(candidacy, terms, now))
        {
            // Whatever the fact is, it comes too late: an answer that lay in a buffer while we stood still renews
            // nothing that was not ours any more when it is read.
            var why = new Reason("leaders", "leadershipEnded",
                $"no keepalive was answered for {terms.StepDown.TotalSeconds:0.###} s: another may take office soon");
            candidacy = Leave(candidacy, why, terms, now, effects);
        }

        candidacy = input switch
        {
            ElectionInput.Tick => candidacy,
            ElectionInput.OfficeVacant => Vacant(candidacy, terms, now, effects),
            ElectionInput.LeaseGiven given => Claim(candidacy, given, now, effects),
            ElectionInput.ClaimAnswered answered => Claimed(candidacy, answered, terms, now, effects),
            ElectionInput.KeptAlive kept => Kept(candidacy, kept, terms, now, effects),
            ElectionInput.CommitFailed failed => Failed(candidacy, failed, terms, now, effects),
            _ => throw new InvalidOperationException($"no such input: {input}"),
        };
        return (Wait(candidacy, terms, now, effects), effects);
    }

    /// <summary>A leader whose leadership has run out by its own clock.</summary>
    private static bool IsOver(Candidacy candidacy, LeadershipTerms terms, Instant now) =>
        candidacy.LeadsUntil(terms) is { } until && now >= until;

    private static Candidacy Vacant(
        Candidacy candidacy, LeadershipTerms terms, Instant now, List<ElectionEffect> effects)
    {
        if (candidacy is not { Phase: CandidacyPhase.Watching, RestsUntil: null })
        {
            return candidacy;
        }

        var asking = Ask(candidacy, now) with { Phase = CandidacyPhase.AskingLease };
        effects.Add(new ElectionEffect.AskLease(asking.Question, terms.Ttl));
        return asking;
    }

    private static Candidacy Claim(
        Candidacy candidacy, ElectionInput.LeaseGiven given, Instant now, List<ElectionEffect> effects)
    {
        if (candidacy is not { Phase: CandidacyPhase.AskingLease, AskedAt: { } asked }
            || given.Question != candidacy.Question)
        {
            effects.Add(new ElectionEffect.Revoke(given.Lease));
            return candidacy;
        }

        var claiming = Ask(candidacy, now) with
        {
            Phase = CandidacyPhase.Claiming, Lease = given.Lease, LeaseFrom = asked,
        };
        effects.Add(new ElectionEffect.Claim(claiming.Question, claiming.Lease));
        return claiming;
    }

    private static Candidacy Claimed(
        Candidacy candidacy, ElectionInput.ClaimAnswered answered, LeadershipTerms terms, Instant now,
        List<ElectionEffect> effects)
    {
        if (candidacy.Phase != CandidacyPhase.Claiming || answered.Question != candidacy.Question)
        {
            // A claim that we gave up as unanswered: its lease was given back then.
            return candidacy;
        }

        if (answered.Won is not { } epoch || now - candidacy.LeaseFrom >= terms.StepDown)
        {
            return GiveUp(candidacy, terms, now, effects);
        }

        effects.Add(new ElectionEffect.TakeOffice(epoch));
        return candidacy with { Phase = CandidacyPhase.Leading, Epoch = epoch, AskedAt = null };
    }

    private static Candidacy Kept(
        Candidacy candidacy, ElectionInput.KeptAlive kept, LeadershipTerms terms, Instant now,
        List<ElectionEffect> effects)
    {
        if (candidacy.Phase != CandidacyPhase.Leading
            || candidacy.Open.FirstOrDefault(open => open.Question == kept.Question) is not { Question: > 0 } answered)
        {
            return candidacy;
        }

        return kept.Alive
            ? candidacy with
            {
                // An answer that others overtook renews less than theirs did.
                LeaseFrom = Instant.Max(candidacy.LeaseFrom, answered.Sent),
                Open = [.. candidacy.Open.Where(open => open.Question > kept.Question)],
                AskedAt = kept.Question == candidacy.Question ? null : candidacy.AskedAt,
            }
            : Leave(
                candidacy, new Reason("leaders", "leadershipLost", "the store holds no lease of ours"), terms, now,
                effects);
    }

    /// <summary>Nothing that the term still wanted can be known to count: it ends, and is given back at once.</summary>
    private static Candidacy Failed(
        Candidacy candidacy, ElectionInput.CommitFailed failed, LeadershipTerms terms, Instant now,
        List<ElectionEffect> effects) =>
        candidacy.Phase == CandidacyPhase.Leading && candidacy.Epoch == failed.Epoch
            ? Leave(
                candidacy, new Reason("leaders", "commitFailed", "a commit was not acknowledged"), terms, now, effects)
            : candidacy;

    private static Candidacy Leave(
        Candidacy candidacy, Reason why, LeadershipTerms terms, Instant now, List<ElectionEffect> effects)
    {
        effects.Add(new ElectionEffect.LeaveOffice(candidacy.Epoch, why));
        return GiveUp(candidacy, terms, now, effects);
    }

    /// <summary>Gives the lease back, and lets others go first.</summary>
    private static Candidacy GiveUp(
        Candidacy candidacy, LeadershipTerms terms, Instant now, List<ElectionEffect> effects)
    {
        if (candidacy.Lease != 0)
        {
            effects.Add(new ElectionEffect.Revoke(candidacy.Lease));
        }

        return candidacy with
        {
            Phase = CandidacyPhase.Watching, Lease = 0, AskedAt = null, Open = [], Epoch = Epoch.None,
            RestsUntil = now + terms.Patience,
        };
    }

    /// <summary>What is due by the clock now, and when to look again.</summary>
    private static Candidacy Wait(
        Candidacy candidacy, LeadershipTerms terms, Instant now, List<ElectionEffect> effects) =>
        candidacy.Phase switch
        {
            CandidacyPhase.Watching => Watch(candidacy, now, effects),
            CandidacyPhase.AskingLease or CandidacyPhase.Claiming => BePatient(candidacy, terms, now, effects),
            CandidacyPhase.Leading => KeepAlive(candidacy, terms, now, effects),
        };

    private static Candidacy BePatient(
        Candidacy candidacy, LeadershipTerms terms, Instant now, List<ElectionEffect> effects)
    {
        if (candidacy.AskedAt is { } open && now - open < terms.Patience)
        {
            effects.Add(new ElectionEffect.WakeAt(open + terms.Patience));
            return candidacy;
        }

        return Watch(GiveUp(candidacy, terms, now, effects), now, effects);
    }

    private static Candidacy Watch(Candidacy candidacy, Instant now, List<ElectionEffect> effects)
    {
        if (candidacy.RestsUntil is not { } rests)
        {
            return candidacy;
        }

        effects.Add(now < rests ? new ElectionEffect.WakeAt(rests) : new ElectionEffect.Watch());
        return now < rests ? candidacy : candidacy with { RestsUntil = null };
    }

    private static Candidacy KeepAlive(
        Candidacy candidacy, LeadershipTerms terms, Instant now, List<ElectionEffect> effects)
    {
        var due = candidacy.AskedAt is { } asked ? asked + terms.Patience : candidacy.LeaseFrom + terms.KeepAlive;
        if (now >= due)
        {
            candidacy = Ask(candidacy, now);
            candidacy = candidacy with
            {
                Open =
                [
                    .. candidacy.Open.Where(open => now - open.Sent < terms.StepDown), (candidacy.Question, now),
                ],
            };
            effects.Add(new ElectionEffect.KeepAlive(candidacy.Question, candidacy.Lease));
            due = now + terms.Patience;
        }

        var until = candidacy.LeaseFrom + terms.StepDown;
        effects.Add(new ElectionEffect.WakeAt(due < until ? due : until));
        return candidacy;
    }

    private static Candidacy Ask(Candidacy candidacy, Instant now) =>
        candidacy with { Question = candidacy.Question + 1, AskedAt = now };
}
