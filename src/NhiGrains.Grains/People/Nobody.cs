using NhiGrains.Contracts.People;
using NhiGrains.Domain.People;

namespace NhiGrains.Grains.People;

/// <summary>No directory: nobody is in any group, so nobody can approve anything.</summary>
internal sealed class Nobody : IPeople
{
    public Task<PeopleDirectory> Current() => Task.FromResult(PeopleDirectory.Empty);
}
