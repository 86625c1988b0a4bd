using NhiGrains.Contracts.People;
using NhiGrains.Domain.People;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.People;

/// <summary>A group as it is at a moment.</summary>
internal sealed record Group(string Name, PeopleDirectory Directory, DateTimeOffset Now)
{
    public IReadOnlyList<Member> Members => Directory.Groups.TryGetValue(Name, out var members)
        ? [.. members.Select(person => new Member(person, Directory, Now))]
        : [];
}

internal sealed record Member(string Person, PeopleDirectory Directory, DateTimeOffset Now)
{
    public IReadOnlyList<Delegation> Delegates => [.. Directory.Delegations.Where(delegation => delegation.From == Person && Now < delegation.Until)];

    public Absence? Absence => Directory.Absences.FirstOrDefault(absence => absence.Person == Person && Now < absence.Until);
}

internal sealed record DepartureNode(Departure Departure, OwnershipReview? Review);

internal sealed class GroupType : Described<Group>
{
    public GroupType()
        : base("Group", "People who can be asked together, for example to approve. A team that owns identities is the group of the same name.")
    {
        Show("name", Of.Text, "As policy and owners name it.", group => group.Name);
        Show("members", Of.Many<GroupMemberType>(), "Everybody in it, by name; none when there is no such group.", group => group.Members);
    }
}

internal sealed class GroupMemberType : Described<Member>
{
    public GroupMemberType()
        : base("GroupMember", "A person in a group.")
    {
        Show("person", Of.Text, "As the claim 'sub' of the person's token.", member => member.Person);
        Show("departedAt", Of.Maybe<InstantType>(), "Since when the person has left, and counts as a member of nothing; null while here.", member => member.Directory.DepartureOf(member.Person)?.Since);
        Show("absence", Of.Maybe<AbsenceType>(), "When the person cannot be asked, now or later.", member => member.Absence);
        Show("delegates", Of.Many<DelegationType>(), "Who may act for the person, now or later.", member => member.Delegates);
    }
}

internal sealed class DelegationType : Described<Delegation>
{
    public DelegationType()
        : base("Delegation", "Somebody acts for another for a while. It is not passed on from one delegate to the next.")
    {
        Show("from", Of.Text, "For whom.", delegation => delegation.From);
        Show("to", Of.Text, "Who acts.", delegation => delegation.To);
        Show("since", Of.Time, "From when on.", delegation => delegation.Since);
        Show("until", Of.Time, "Until when.", delegation => delegation.Until);
    }
}

internal sealed class AbsenceType : Described<Absence>
{
    public AbsenceType()
        : base("Absence", "Somebody cannot be asked for a while.")
    {
        Show("person", Of.Text, "Who.", absence => absence.Person);
        Show("since", Of.Time, "From when on.", absence => absence.Since);
        Show("until", Of.Time, "Until when.", absence => absence.Until);
    }
}

internal sealed class DepartureType : Described<DepartureNode>
{
    public DepartureType()
        : base("Departure", "Somebody has left: in no group, nobody's delegate, and no owner of anything new.")
    {
        Show("person", Of.Text, "Who.", node => node.Departure.Person);
        Show("since", Of.Time, "When it was recorded.", node => node.Departure.Since);
        Show("handoverBy", Of.Time, "When what the person still owns is suspended.", node => node.Departure.HandoverBy);
        Show("told", Of.Bool, "Whether every identity that the person owns knows of it.", node => node.Review is null);
        Show("unanswered", Of.Texts, "Identities that could not be told yet; they are asked again and again.", node => node.Review?.Unanswered ?? []);
    }
}
