using GraphQL;
using GraphQL.Types;
using NhiGrains.Contracts.People;
using NhiGrains.Domain.People;
using NhiGrains.GraphQL.Access;
using NhiGrains.GraphQL.Loading;
using NhiGrains.GraphQL.Roots;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.People;

internal static class PeopleMutations
{
    public static void AddTo(ObjectGraphType root)
    {
        root.Mutation<SetGroupMembersInputType, GroupInput, GroupSuccessType>(
            "setGroupMembers", "Adds people to a group and removes others. A group begins with its first member and is gone with its last.", Role.Admin,
            async (input, key, context) => await DoAsync(context, key, new DirectoryCommand.SetGroupMembers(input.Group, input.Add, input.Remove, input.Reason),
                people => new GroupSuccess(new(input.Group, people, context.Time().GetUtcNow()))));
        root.Mutation<DelegateApprovalsInputType, DelegationInput, DelegationSuccessType>(
            "delegateApprovals", "Has somebody else act for the caller for a while; an administrator can say it for others. Identities never act for anybody.", Role.Approver,
            async (input, key, context) =>
            {
                var from = input.From ?? context.Caller().Actor;
                return await DoAsync(context, key, new DirectoryCommand.Delegate(from, input.To, input.Since, input.Until, input.Reason),
                    people => new DelegationSuccess([.. people.Delegations.Where(delegation => delegation.From == from)]));
            });
        root.Mutation<SetAbsenceInputType, AbsenceInput, AbsenceSuccessType>(
            "setAbsence", "Says when the caller cannot be asked, in place of what was said before; an administrator can say it for others.", Role.Anyone,
            async (input, key, context) =>
            {
                var person = input.Person ?? context.Caller().Actor;
                return await DoAsync(context, key, new DirectoryCommand.SetAbsence(person, input.Since, input.Until),
                    people => new AbsenceSuccess(people.Absences.FirstOrDefault(absence => absence.Person == person)));
            });
        root.Mutation<RecordDepartureInputType, DepartureInput, DepartureSuccessType>(
            "recordDeparture",
            "Says that somebody has left: in no group and nobody's delegate from now on. What the person owns goes to its team, and is suspended when it has no new owner in time.",
            Role.Operator,
            async (input, key, context) => await DoAsync(context, key, new DirectoryCommand.RecordDeparture(input.Person, Handover(input), input.Reason),
                async people => new DepartureSuccess(PeopleQueries.NodeOf(people, input.Person, await PeopleQueries.Directory(context).Reviews()))));
        root.Mutation<RecordReturnInputType, ReturnInput, ReturnSuccessType>(
            "recordReturn",
            "Says that somebody is back, or never left: in the same groups as before, and owner of what nobody has taken over. What was suspended meanwhile stays so until it is resumed.",
            Role.Operator,
            async (input, key, context) => await DoAsync(context, key, new DirectoryCommand.RecordReturn(input.Person, input.Reason), _ => new ReturnSuccess(input.Person)));
    }

    // What no hand-over can take is refused by the rule; it must not overflow before.
    private static TimeSpan Handover(DepartureInput input) => input.HandoverDays is { } days ? TimeSpan.FromDays(Math.Clamp(days, 0, 10_000)) : Departure.DefaultHandover;

    private static Task<object> DoAsync(IResolveFieldContext context, string key, DirectoryCommand command, Func<PeopleDirectory, object> success) =>
        DoAsync(context, key, command, people => Task.FromResult(success(people)));

    private static async Task<object> DoAsync(IResolveFieldContext context, string key, DirectoryCommand command, Func<PeopleDirectory, Task<object>> success)
    {
        var caller = context.Caller();
        var answer = await PeopleQueries.Directory(context).Execute(new(key, caller.Actor, command, MayForOthers: caller.Has(Role.Admin)) { IsDelegated = caller.IsDelegated });
        return (object?)answer.Refusal ?? await success(answer.Directory ?? throw new InvalidOperationException("A command answered neither a directory nor a refusal."));
    }
}

internal sealed record GroupSuccess(Group Group);

internal sealed class GroupSuccessType : Described<GroupSuccess>
{
    public GroupSuccessType()
        : base("GroupSuccess", "The change counts from now on.") =>
        Show("group", Of.One<GroupType>(), "The group after the change; without members when it is gone.", success => success.Group);
}

internal sealed record DelegationSuccess(IReadOnlyList<Delegation> Delegations);

internal sealed class DelegationSuccessType : Described<DelegationSuccess>
{
    public DelegationSuccessType()
        : base("DelegationSuccess", "The change counts from now on.") =>
        Show("delegations", Of.Many<DelegationType>(), "Who acts for the person now or later.", success => success.Delegations);
}

internal sealed record AbsenceSuccess(Absence? Absence);

internal sealed class AbsenceSuccessType : Described<AbsenceSuccess>
{
    public AbsenceSuccessType()
        : base("AbsenceSuccess", "The change counts from now on.") =>
        Show("absence", Of.Maybe<AbsenceType>(), "When the person cannot be asked; null when there is no such time.", success => success.Absence);
}

internal sealed record DepartureSuccess(DepartureNode? Departure);

internal sealed class DepartureSuccessType : Described<DepartureSuccess>
{
    public DepartureSuccessType()
        : base("DepartureSuccess", "It is recorded; the identities that the person owns are told of it by and by.") =>
        Show("departure", Of.Maybe<DepartureType>(), "What is recorded: the first time counts. Null when the person has come back since the call that is repeated here.", success => success.Departure);
}

internal sealed record ReturnSuccess(string Person);

internal sealed class ReturnSuccessType : Described<ReturnSuccess>
{
    public ReturnSuccessType()
        : base("ReturnSuccess", "It is recorded; the identities that nobody has taken over are told of it by and by.") =>
        Show("person", Of.Text, "Who is back.", success => success.Person);
}
