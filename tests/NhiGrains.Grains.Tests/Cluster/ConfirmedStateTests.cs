using System.Reflection;
using Microsoft.Extensions.Time.Testing;
using Orleans.Storage;

namespace NhiGrains.Grains.Tests.Cluster;

/// <summary>What an activation answers from memory, and what others have stored meanwhile.</summary>
public sealed class ConfirmedStateTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly SharedCell _store = new();

    [Fact]
    public async Task Many_who_ask_cost_one_read_in_five_seconds()
    {
        var confirmed = Activation(out var state);

        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => confirmed.Confirm()));
        _time.Advance(PersistentStates.Fresh - TimeSpan.FromTicks(1));
        await confirmed.Confirm();
        Assert.Equal(1, state.Reads);
        _time.Advance(TimeSpan.FromTicks(1));
        await confirmed.Confirm();
        Assert.Equal(2, state.Reads);
        await confirmed.Save("a write says as much");
        _time.Advance(PersistentStates.Fresh - TimeSpan.FromTicks(1));
        await confirmed.Confirm();
        Assert.Equal(2, state.Reads);
    }

    [Fact]
    public async Task A_clock_that_was_set_back_makes_nothing_fresh()
    {
        var confirmed = Activation(out var state);
        await confirmed.Confirm();

        _time.AdjustTime(_time.GetUtcNow() - TimeSpan.FromHours(1));
        await confirmed.Confirm();

        Assert.Equal(2, state.Reads);
    }

    [Fact]
    public async Task An_activation_that_another_one_has_written_behind_answers_and_stores_nothing_more()
    {
        var confirmed = Activation(out _);
        await confirmed.Save("mine");
        await Activation(out _).Save("another's");

        _time.Advance(PersistentStates.Fresh);

        await Assert.ThrowsAsync<InconsistentStateException>(confirmed.Confirm);
        // By now it has the etag of the other's value.
        await Assert.ThrowsAsync<InconsistentStateException>(() => confirmed.Save("worked out from mine"));
        await Assert.ThrowsAsync<InconsistentStateException>(confirmed.Confirm);
        Assert.Equal("another's", _store.Value);
    }

    [Fact]
    public async Task What_was_read_before_a_silo_was_frozen_is_read_again_when_it_wakes()
    {
        var confirmed = Activation(out var state);
        var frozen = new TaskCompletionSource();
        state.AfterRead = frozen.Task;

        var confirming = confirmed.Confirm();
        _time.Advance(TimeSpan.FromMinutes(3));
        _store.Put("another's", _store.Etag);
        state.AfterRead = Task.CompletedTask;
        frozen.SetResult();

        await Assert.ThrowsAsync<InconsistentStateException>(() => confirming);
    }

    [Fact]
    public async Task A_read_waits_for_the_write_that_is_under_way_and_a_write_that_failed_says_nothing()
    {
        var confirmed = Activation(out var state);
        var written = new TaskCompletionSource();
        state.AfterWrite = written.Task;

        var saving = confirmed.Save("one");
        var confirming = confirmed.Confirm();
        Assert.Equal((false, 0), (confirming.IsCompleted, state.Reads));
        written.SetException(new IOException("The store does not answer."));

        await Assert.ThrowsAsync<IOException>(() => saving);
        // It was stored all the same, which is not what this activation knows.
        await Assert.ThrowsAsync<InconsistentStateException>(() => confirming);
    }

    private ConfirmedState<string> Activation(out CellState state) => new(state = new(_store), new Idle(), _time);

    /// <summary>What is stored, with an etag that counts.</summary>
    private sealed class SharedCell
    {
        public string Value { get; private set; } = "";

        public string? Etag { get; private set; }

        public void Put(string value, string? etag)
        {
            if (etag != Etag)
                throw new InconsistentStateException("Written by another activation.", Etag ?? "none", etag ?? "none");
            (Value, Etag) = (value, $"{int.Parse(Etag ?? "0", System.Globalization.CultureInfo.InvariantCulture) + 1}");
        }
    }

    /// <summary>One activation's view of it, which a test can hold up.</summary>
    private sealed class CellState(SharedCell cell) : IPersistentState<string>
    {
        public Task AfterRead { get; set; } = Task.CompletedTask;

        public Task AfterWrite { get; set; } = Task.CompletedTask;

        public int Reads { get; private set; }

        public string State { get; set; } = cell.Value;

        public string? Etag { get; private set; } = cell.Etag;

        public bool RecordExists => Etag is not null;

        public async Task ReadStateAsync()
        {
            Reads++;
            var (value, etag) = (cell.Value, cell.Etag);
            await AfterRead;
            (State, Etag) = (value, etag);
        }

        public async Task WriteStateAsync()
        {
            cell.Put(State, Etag);
            var etag = cell.Etag;
            await AfterWrite;
            Etag = etag;
        }

        public Task ClearStateAsync() => throw new NotSupportedException();
    }

    private sealed class Idle : IGrainBase
    {
        public IGrainContext GrainContext { get; } = DispatchProxy.Create<IGrainContext, Unimportant>();
    }

    /// <summary>Has a name, and does nothing.</summary>
    public class Unimportant : DispatchProxy
    {
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod?.ReturnType == typeof(GrainId) ? GrainId.Create("test", "one") : null;
    }
}
