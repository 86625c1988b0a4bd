using GraphQL;
using NhiGrains.Contracts.Catalog;
using NhiGrains.Contracts.Identities;
using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Audit;
using NhiGrains.Domain.Exceptions;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.People;
using NhiGrains.GraphQL.Access;
using NhiGrains.GraphQL.Exceptions;
using NhiGrains.GraphQL.Grants;
using NhiGrains.GraphQL.Loading;

namespace NhiGrains.GraphQL.Approvals;

/// <summary>What somebody can answer, with who is in which group at one instant.</summary>
/// <param name="Groups">Theirs, and those of whoever has delegated to them; an agent has none.</param>
internal sealed record Inbox(string Person, IReadOnlyList<string> Groups, PeopleDirectory People, DateTimeOffset Now)
{
    public static async Task<Inbox> OfCallerAsync(IResolveFieldContext context) =>
        Of(context.Caller(), await context.Loaders().PeopleAsync(), context.Time().GetUtcNow());

    public static Inbox Of(Caller caller, PeopleDirectory people, DateTimeOffset now) =>
        new(caller.Actor, caller is { IdentityId: null, IsDelegated: false } ? GroupsOf(caller.Actor, people, now) : [], people, now);

    /// <summary>Whether an entry tells of something that is, or was until then, asked of one of the groups.</summary>
    public bool Concerns(AuditEvent change) => ApprovalDetails.Concerned(change).Intersect(Groups, StringComparer.Ordinal).Any();

    /// <summary>Null when it is not there any more, or no answer of theirs would help.</summary>
    public InboxItem? Find(IdentityView? identity, AskedFor what, string? name) => what switch
    {
        AskedFor.Access => GrantNode.Find(identity, name) is { Grant: PendingApprovalGrant { Ballot: { } ballot } } node
            ? Of(node.Identity, what, node.Grant.Id, ballot, node)
            : null,
        _ => ExceptionNode.Find(identity, name) is { Exception: { Status: ExceptionStatus.Pending } exception } node
            ? Of(node.Identity, what, exception.Name, exception.Ballot, node)
            : null,
    };

    private InboxItem? Of(IdentityView identity, AskedFor what, string name, Ballot ballot, object subject) =>
        Groups.Count > 0 && ballot.PlaceOf(Person, new(People, identity.Identity.Profile.Owner.Team, Now)) is { } place
            ? new(identity, what, name, ballot, subject, place == Person ? null : place)
            : null;

    private static string[] GroupsOf(string person, PeopleDirectory people, DateTimeOffset now)
    {
        string[] sitting = [person, .. new Electorate(people, "", now).DelegatorsOf(person)];
        return [.. people.Groups.Keys.Where(group => sitting.Any(one => people.IsMember(one, group))).Order(StringComparer.Ordinal)];
    }
}

/// <summary>Something that waits for somebody's answer.</summary>
/// <param name="Name">The grant's id, or the exception's name.</param>
/// <param name="Subject">What it is about: the <see cref="GrantNode"/> or the <see cref="ExceptionNode"/>.</param>
/// <param name="OnBehalfOf">In whose place they would answer; null in their own right.</param>
internal sealed record InboxItem(IdentityView Identity, AskedFor What, string Name, Ballot Ballot, object Subject, string? OnBehalfOf);
