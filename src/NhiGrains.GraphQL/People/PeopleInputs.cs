using GraphQL.Types;
using NhiGrains.Domain.People;
using NhiGrains.GraphQL.Roots;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.People;

internal abstract class PeopleInputType<T>(string name, string description) : DescribedInput<T>(name, description)
    where T : class, IMutationInput
{
    protected void TakeReasonAndKey()
    {
        Take("reason", Of.Text, "Why, for the audit.", "");
        TakeKey();
    }

    protected void TakePeriod(string longest)
    {
        Take("since", Of.Maybe<InstantType>(), "From when on; from now on when left out.");
        Take("until", Of.Maybe<InstantType>(), $"Until when; left out, it ends now. At most {longest} after its beginning.");
    }

    protected void TakeKey() => Take("idempotencyKey", Of.Maybe<StringGraphType>(), Mutations.KeyDescription);
}

internal sealed record GroupInput(string Group, IReadOnlyList<string> Add, IReadOnlyList<string> Remove, string Reason, string? IdempotencyKey) : IMutationInput;

internal sealed class SetGroupMembersInputType : PeopleInputType<GroupInput>
{
    public SetGroupMembersInputType()
        : base("SetGroupMembersInput", $"A change of a group: up to {GroupRules.MaxNames} names.")
    {
        Take("group", Of.Text, "The name of the group: that of the team, when the team owns identities.");
        Take("add", Of.Texts, "People who are in it from now on, as the claim 'sub' of their tokens.", Array.Empty<string>());
        Take("remove", Of.Texts, "People who are not any more.", Array.Empty<string>());
        TakeReasonAndKey();
    }

    protected override GroupInput Parse(Given given) => new(
        given.Get<string>("group"), given.List<string>("add"), given.List<string>("remove"), given.Get<string>("reason"), given.Find<string>("idempotencyKey"));
}

internal sealed record DelegationInput(string? From, string To, DateTimeOffset? Since, DateTimeOffset? Until, string Reason, string? IdempotencyKey) : IMutationInput;

internal sealed class DelegateApprovalsInputType : PeopleInputType<DelegationInput>
{
    public DelegateApprovalsInputType()
        : base("DelegateApprovalsInput", "Who acts for whom, in place of what was said of the two before.")
    {
        Take("from", Of.Maybe<StringGraphType>(), "For whom; for the caller when left out.");
        Take("to", Of.Text, "Who is to act.");
        TakePeriod($"{StandInRules.LongestDelegation.TotalDays:0} days");
        TakeReasonAndKey();
    }

    protected override DelegationInput Parse(Given given) => new(
        given.Find<string>("from"), given.Get<string>("to"), given.FindValue<DateTimeOffset>("since"), given.FindValue<DateTimeOffset>("until"),
        given.Get<string>("reason"), given.Find<string>("idempotencyKey"));
}

internal sealed record AbsenceInput(string? Person, DateTimeOffset? Since, DateTimeOffset? Until, string? IdempotencyKey) : IMutationInput;

internal sealed class SetAbsenceInputType : PeopleInputType<AbsenceInput>
{
    public SetAbsenceInputType()
        : base("SetAbsenceInput", "When somebody cannot be asked.")
    {
        Take("person", Of.Maybe<StringGraphType>(), "Who; the caller when left out.");
        TakePeriod($"{StandInRules.LongestAbsence.TotalDays:0} days");
        TakeKey();
    }

    protected override AbsenceInput Parse(Given given) => new(
        given.Find<string>("person"), given.FindValue<DateTimeOffset>("since"), given.FindValue<DateTimeOffset>("until"), given.Find<string>("idempotencyKey"));
}

internal sealed record DepartureInput(string Person, int? HandoverDays, string Reason, string? IdempotencyKey) : IMutationInput;

internal sealed class RecordDepartureInputType : PeopleInputType<DepartureInput>
{
    public RecordDepartureInputType()
        : base("RecordDepartureInput", "Who has left.")
    {
        Take("person", Of.Text, "As identities and groups name the person.");
        Take("handoverDays", Of.Maybe<IntGraphType>(), $"How long teams have to find new owners, in days: 1 to {Departure.LongestHandover.TotalDays:0}; {Departure.DefaultHandover.TotalDays:0} when left out.");
        TakeReasonAndKey();
    }

    protected override DepartureInput Parse(Given given) => new(
        given.Get<string>("person"), given.FindValue<int>("handoverDays"), given.Get<string>("reason"), given.Find<string>("idempotencyKey"));
}

internal sealed record ReturnInput(string Person, string Reason, string? IdempotencyKey) : IMutationInput;

internal sealed class RecordReturnInputType : PeopleInputType<ReturnInput>
{
    public RecordReturnInputType()
        : base("RecordReturnInput", "Who is back.")
    {
        Take("person", Of.Text, "As identities and groups name the person.");
        TakeReasonAndKey();
    }

    protected override ReturnInput Parse(Given given) => new(given.Get<string>("person"), given.Get<string>("reason"), given.Find<string>("idempotencyKey"));
}
