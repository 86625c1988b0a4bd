using Microsoft.Extensions.Time.Testing;

namespace NhiGrains.Platforms.Tests;

public class FenceTests
{
    private static readonly TimeSpan Validity = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_renewed_fence_is_valid_from_when_it_was_asked_for()
    {
        var fence = new Fence(_time, Validity);
        _time.Advance(TimeSpan.FromSeconds(8));
        var asked = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromSeconds(1));

        fence.Renew(asked);

        _time.Advance(TimeSpan.FromSeconds(9));
        fence.ThrowIfStale();
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(PlatformError.Fenced, Assert.Throws<PlatformException>(fence.ThrowIfStale).Error);
    }

    [Fact]
    public void A_writer_that_was_away_is_not_let_on()
    {
        var fence = new Fence(_time, Validity);
        _time.Advance(TimeSpan.FromSeconds(11));

        fence.Renew(_time.GetTimestamp());

        Assert.Equal(PlatformError.Fenced, Assert.Throws<PlatformException>(fence.ThrowIfStale).Error);
    }
}
