using NhiGrains.Contracts.People;
using NhiGrains.Grains.People;

namespace NhiGrains.Grains.Tests.People;

/// <summary>What becomes of the directory by a command, without a silo.</summary>
public class DirectoryDecisionsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    private DirectoryState _state = new();
    private int _keys;

    [Fact]
    public void A_command_that_changed_nothing_is_known_when_it_is_repeated_after_another()
    {
        var departed = new DirectoryCommand.RecordDeparture("ada", TimeSpan.FromDays(1), "left");
        Assert.Null(Do(departed));
        Assert.Null(Do(departed, key: "hr-4711")); // Has left already.
        Assert.Null(Do(new DirectoryCommand.RecordReturn("ada", "back")));

        Assert.Null(Do(departed, key: "hr-4711"));

        Assert.Empty(_state.People.Departed);
        Assert.Equal("IDEMPOTENCY_KEY_REUSED", Do(new DirectoryCommand.RecordReturn("ada", ""), key: "hr-4711"));
    }

    [Fact]
    public void Who_has_departed_does_not_come_back_by_their_own_word()
    {
        Do(new DirectoryCommand.RecordDeparture("ada", TimeSpan.FromDays(1), "left"));

        Assert.Equal("RETURN_BY_ONESELF", Do(new DirectoryCommand.RecordReturn("ada", "I am here"), actor: "ada"));
        Assert.NotEmpty(_state.People.Departed);
    }

    [Fact]
    public void A_delegate_gives_back_what_they_were_handed_and_nobody_hands_on_votes_for_another()
    {
        Assert.Null(Do(new DirectoryCommand.Delegate("ada", "bob", null, Noon.AddDays(1), ""), actor: "ada"));
        Assert.Equal("AGENT_CANNOT_DELEGATE", Do(new DirectoryCommand.Delegate("ada", "eve", null, Noon.AddDays(1), ""), actor: "ada", isDelegated: true));
        Assert.Equal("NOT_FOR_OTHERS", Do(new DirectoryCommand.Delegate("ada", "bob", null, null, ""), actor: "eve"));
        Assert.Equal("NOT_FOR_OTHERS", Do(new DirectoryCommand.Delegate("ada", "bob", null, Noon.AddDays(9), ""), actor: "bob"));

        Assert.Null(Do(new DirectoryCommand.Delegate("ada", "bob", null, null, "not wanted"), actor: "bob"));

        Assert.Empty(_state.People.Delegations);
    }

    private string? Do(DirectoryCommand command, string actor = "root", string? key = null, bool isDelegated = false)
    {
        var next = DirectoryDecisions.Execute(_state, new(key ?? $"key-{++_keys}", actor, command) { IsDelegated = isDelegated }, Directories.Main, Noon);
        if (next.IsOk)
            _state = next.Value;
        return next.Refusal?.Code;
    }
}
