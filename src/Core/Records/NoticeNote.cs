using Havm.Model;

namespace Havm.Core.Records;

/// <summary>
/// A guest that asks for such notices is told what is planned with it: until this ends its node is told nothing else of
/// the plan.
/// </summary>
/// <param name="Id">What its approval names.</param>
/// <param name="Kind">What is planned.</param>
/// <param name="Why">In words.</param>
/// <param name="ByPerson">Somebody ordered it for this very instance.</param>
/// <param name="Since">When it was noted, UTC.</param>
/// <param name="Until">When the plan is carried out at the latest, UTC.</param>
/// <param name="Restart">An order to restart in place is held back by it.</param>
public sealed record NoticeNote(
    string Id, NoticeKind Kind, Reason Why, bool ByPerson, DateTimeOffset Since, DateTimeOffset Until, bool Restart);
