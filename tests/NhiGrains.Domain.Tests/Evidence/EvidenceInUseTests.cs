using NhiGrains.Domain.Evidence;

namespace NhiGrains.Domain.Tests.Evidence;

public class EvidenceInUseTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public void What_was_used_for_one_identity_is_its_own_until_it_stops_counting()
    {
        var inUse = With(EvidenceInUse.None, "a", "billing", Now + Hour);
        Assert.Equal("billing", inUse.OwnerOf("a", Now));
        Assert.Equal("billing", inUse.OwnerOf("a", Now + Hour - TimeSpan.FromTicks(1)));
        Assert.Null(inUse.OwnerOf("a", Now + Hour));
        Assert.Null(inUse.OwnerOf("b", Now));
    }

    [Fact]
    public void The_same_use_again_changes_nothing_and_a_later_end_counts()
    {
        var inUse = With(EvidenceInUse.None, "a", "billing", Now + Hour);
        Assert.Same(inUse, With(inUse, "a", "billing", Now + Hour));
        Assert.Same(inUse, With(inUse, "a", "billing", Now + Hour / 2));
        Assert.Equal(Now + 2 * Hour, With(inUse, "a", "billing", Now + 2 * Hour).Owners["a"].Until);
    }

    [Fact]
    public void What_is_over_is_forgotten_and_what_lives_never_is()
    {
        var inUse = new EvidenceInUse(Enumerable.Range(0, EvidenceInUse.Most).ToDictionary(number => $"old-{number}", _ => new EvidenceOwner("billing", Now + Hour), StringComparer.Ordinal));
        Assert.Null(inUse.With("new", "another", Now + 3 * Hour, Now));

        var later = inUse.With("new", "another", Now + 3 * Hour, Now + Hour);

        Assert.Equal("another", Assert.Single(later?.Owners ?? new Dictionary<string, EvidenceOwner>(StringComparer.Ordinal)).Value.IdentityId);
    }

    private static EvidenceInUse With(EvidenceInUse inUse, string digest, string identityId, DateTimeOffset until) =>
        inUse.With(digest, identityId, until, Now) ?? throw new InvalidOperationException("There is no room.");
}
