using NhiGrains.Domain.People;

namespace NhiGrains.Grains.Policies;

/// <summary>Who is in which group, for the question who may change the policy.</summary>
internal interface IPolicyPeople
{
    Task<PeopleDirectory> Current();
}

/// <summary>While there is no directory nobody is in any group: only people who are named can be administrators of a policy.</summary>
internal sealed class NoDirectory : IPolicyPeople
{
    public Task<PeopleDirectory> Current() => Task.FromResult(PeopleDirectory.Empty);
}
