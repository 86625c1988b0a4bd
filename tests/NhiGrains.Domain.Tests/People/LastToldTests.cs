using NhiGrains.Domain.People;

namespace NhiGrains.Domain.Tests.People;

public class LastToldTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Dictionary<string, DateTimeOffset> Nobody = [];

    [Fact]
    public void What_is_older_than_the_last_word_is_outdated_and_what_is_as_old_or_newer_is_not()
    {
        var told = LastTold.Nothing.With("ada", Now, Nobody);

        Assert.True(told.IsOutdated("ada", Now.AddTicks(-1)));
        Assert.False(told.IsOutdated("ada", Now));
        Assert.False(told.IsOutdated("ada", Now.AddTicks(1)));
        Assert.False(told.IsOutdated("bob", DateTimeOffset.MinValue));
    }

    [Fact]
    public void All_who_have_left_are_kept_and_of_those_who_are_here_the_last()
    {
        var departed = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal) { ["left"] = Now };
        var told = LastTold.Nothing.With("left", Now.AddDays(-9), departed);
        for (var number = 0; number <= LastTold.MostHere; number++)
            told = told.With($"here-{number}", Now.AddSeconds(number), departed);

        Assert.Equal(LastTold.MostHere + 1, told.Times.Count);
        Assert.Equal((true, false, true), (told.Times.ContainsKey("left"), told.Times.ContainsKey("here-0"), told.Times.ContainsKey("here-1")));
    }

    [Fact]
    public void What_is_from_the_future_by_more_than_clocks_differ_is_refused()
    {
        Assert.Null(LastTold.Check(Now.AddMinutes(5), Now));
        Assert.Equal("FROM_THE_FUTURE", LastTold.Check(Now.AddMinutes(6), Now)?.Code);
    }
}
