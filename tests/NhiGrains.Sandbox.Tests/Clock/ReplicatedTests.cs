using Microsoft.Extensions.Time.Testing;
using NhiGrains.Sandbox.Clock;

namespace NhiGrains.Sandbox.Tests.Clock;

public class ReplicatedTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_write_is_seen_when_it_is_old_enough_and_the_next_write_builds_on_it_at_once()
    {
        var state = new Replicated<int>(0, _time, () => TimeSpan.FromSeconds(10));

        Assert.Equal(1, Next(state));
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(2, Next(state));

        Assert.Equal(0, state.Visible);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(1, state.Visible);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(2, state.Visible);
    }

    [Fact]
    public void Without_a_delay_readers_get_the_newest()
    {
        var state = new Replicated<int>(0, _time, () => TimeSpan.Zero);

        Next(state);

        Assert.Equal(1, state.Visible);
    }

    [Fact]
    public void A_clock_that_is_set_back_hides_nothing_that_was_there()
    {
        var clock = new SandboxClock(_time);
        var state = new Replicated<int>(0, clock, () => TimeSpan.Zero);
        Next(state);
        clock.Advance(-TimeSpan.FromMinutes(5));
        Next(state);

        Assert.Equal(2, state.Visible);
    }

    [Fact]
    public void A_change_that_throws_writes_nothing()
    {
        var state = new Replicated<int>(0, _time, () => TimeSpan.Zero);

        Assert.Throws<InvalidOperationException>(() => state.Write<int>(_ => throw new InvalidOperationException()));

        Assert.Equal(0, state.Newest);
    }

    private static int Next(Replicated<int> state) => state.Write(value => (value + 1, value + 1));
}
