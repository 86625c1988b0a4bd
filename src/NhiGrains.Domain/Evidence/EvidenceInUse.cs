namespace NhiGrains.Domain.Evidence;

/// <summary>Evidence that counts at present, and whose it is, by its digest.</summary>
public sealed record EvidenceInUse(IReadOnlyDictionary<string, EvidenceOwner> Owners)
{
    /// <summary>Nobody brings so many within their life; who does is not let in, rather than that somebody else's is forgotten.</summary>
    public const int Most = 5000;

    public static EvidenceInUse None { get; } = new(new Dictionary<string, EvidenceOwner>(StringComparer.Ordinal));

    /// <summary>Whose it is, when it is somebody's.</summary>
    public string? OwnerOf(string digest, DateTimeOffset now) => Owners.TryGetValue(digest, out var owner) && owner.Until > now ? owner.IdentityId : null;

    /// <summary>With this one, and without those whose time is over; itself when nothing new is said, null when there is no room.</summary>
    /// <param name="identityId">The owner: nobody else is, by <see cref="OwnerOf"/>.</param>
    public EvidenceInUse? With(string digest, string identityId, DateTimeOffset until, DateTimeOffset now)
    {
        if (OwnerOf(digest, now) == identityId && Owners[digest].Until >= until)
            return this;
        var alive = Owners.Where(one => one.Value.Until > now && one.Key != digest).ToDictionary(StringComparer.Ordinal);
        if (alive.Count >= Most)
            return null;
        alive[digest] = new(identityId, until);
        return new(alive);
    }
}

/// <param name="Until">When the evidence stops counting for anybody.</param>
public sealed record EvidenceOwner(string IdentityId, DateTimeOffset Until);
