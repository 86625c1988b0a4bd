using Microsoft.Extensions.Logging;
using NhiGrains.Contracts.People;
using NhiGrains.Domain;
using NhiGrains.Domain.People;

namespace NhiGrains.Grains.People;

/// <summary>Who is who among people. Commands are decided one after the other; what follows for identities goes on in the background.</summary>
internal sealed class DirectoryGrain(
    [PersistentState("directory")] IPersistentState<DirectoryState> state,
    TimeProvider time,
    BackgroundWork work,
    ILogger<DirectoryGrain> logger)
    : Grain, IDirectoryGrain
{
    private static readonly TimeSpan GoOnEvery = TimeSpan.FromSeconds(5);

    private DirectoryBook? _book;
    private OwnershipReviews? _reviews;
    private IGrainTimer? _timer;
    private DirectoryCopy? _copy;

    private string Name => this.GetPrimaryKeyString();

    private DirectoryBook Book => _book ?? throw new InvalidOperationException("Not activated.");

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _book = new(state, Name, this, GrainFactory, time, logger);
        _reviews = new(_book, GrainFactory, work, time, logger);
        // Who is asked for groups does not wait for the audit.
        _book.Tell().Ignore();
        _timer = this.RegisterGrainTimer(GoOn, new GrainTimerCreationOptions(GoOnEvery, GoOnEvery) { Interleave = true, KeepAlive = true });
        return Task.CompletedTask;
    }

    public async Task<PeopleDirectory> Current() => (await Book.Confirmed()).People;

    public async Task<DirectoryCopy> CurrentUnless(string? known)
    {
        var people = await Current();
        // It is large, and changes seldom.
        var copy = ReferenceEquals(_copy?.People, people) ? _copy : _copy = new(Canonical.Digest(people), people);
        return copy.Version == known ? copy with { People = null } : copy;
    }

    public async Task<Departure?> DepartureOf(string person) => (await Book.Confirmed()).People.DepartureOf(person);

    public async Task<DirectoryAnswer> Execute(DirectoryEnvelope envelope)
    {
        var done = await Book.Update(known => DirectoryDecisions.Execute(known, envelope, Name, time.GetUtcNow()));
        if (done.Refusal is { } refusal)
            return new(refusal, null);
        if (done.Value.Open.Length > 0)
            _timer?.Change(TimeSpan.Zero, GoOnEvery);
        return new(null, done.Value.People);
    }

    public async Task<IReadOnlyList<OwnershipReview>> Reviews() =>
        [.. (await Book.Confirmed()).Open.Select(open => new OwnershipReview(open.Person, open.Shard, open.Unanswered))];

    // That it was called has woken it, and the timer does the rest.
    public Task Start() => Task.CompletedTask;

    private async Task GoOn(CancellationToken stopped)
    {
        await Book.Tell();
        await (_reviews?.GoOn(stopped) ?? Task.CompletedTask);
    }

    // What is under way still uses the state of this activation, so it comes to its end first.
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        await (_book?.Idle ?? Task.CompletedTask).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
}
