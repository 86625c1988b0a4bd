using NhiGrains.Contracts.People;
using NhiGrains.Domain.People;

namespace NhiGrains.Grains.People;

/// <summary>
/// The directory of this installation. This silo keeps a copy, and asks for its version each time: who has left a group counts no more
/// from then on (promise 10), and as long as nobody has, nothing but the version travels. One for each silo.
/// </summary>
internal sealed class DirectoryPeople(IGrainFactory grains) : IPeople
{
    private volatile DirectoryCopy? _copy;

    public async Task<PeopleDirectory> Current()
    {
        var known = _copy;
        var now = await grains.GetGrain<IDirectoryGrain>(Directories.Main).CurrentUnless(known?.Version);
        if (now.People is not { } changed)
            return known?.People ?? throw new InvalidOperationException("The directory was not handed over.");
        // Of two at the same time the older one may stay, until the next one asks.
        _copy = now;
        return changed;
    }
}
