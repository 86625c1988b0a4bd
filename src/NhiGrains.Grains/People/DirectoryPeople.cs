using NhiGrains.Contracts.People;
using NhiGrains.Domain.People;

namespace NhiGrains.Grains.People;

/// <summary>The directory of this installation.</summary>
internal sealed class DirectoryPeople(IGrainFactory grains) : IPeople
{
    public Task<PeopleDirectory> Current() => grains.GetGrain<IDirectoryGrain>(Directories.Main).Current();
}
