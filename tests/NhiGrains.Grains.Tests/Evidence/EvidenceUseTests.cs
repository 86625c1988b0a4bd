using NhiGrains.Contracts.Evidence;
using NhiGrains.Contracts.Identities;
using NhiGrains.Domain.Evidence;
using NhiGrains.Grains.Identities;
using NhiGrains.Grains.Tests.Cluster;

namespace NhiGrains.Grains.Tests.Evidence;

/// <summary>Evidence of one identity is a replay for any other, whichever silo is asked, and after a restart too.</summary>
public sealed class EvidenceUseTests : IAsyncLifetime
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private TwoSilos? _silos;

    private TwoSilos Silos => _silos ?? throw new InvalidOperationException("The silos were not started.");

    public async ValueTask InitializeAsync() => _silos = await TwoSilos.StartAsync();

    public ValueTask DisposeAsync() => Silos.DisposeAsync();

    [Fact]
    public async Task The_first_identity_keeps_it_and_another_is_refused_until_it_ends()
    {
        var until = TimeProvider.System.GetUtcNow() + Hour;
        var (digest, over) = (Digest('a'), Digest('b'));

        Assert.Equal(EvidenceUse.Own, await UseAsync(digest, "billing", until));
        Assert.Equal(EvidenceUse.OfAnother, await UseAsync(digest, "thief", until));
        Assert.Equal(EvidenceUse.OfAnother, await UseAsync(digest, "thief", until + Hour));
        Assert.Equal(EvidenceUse.Own, await UseAsync(digest, "billing", until));

        Assert.Equal(EvidenceUse.Own, await UseAsync(Digest('f'), "billing", DateTimeOffset.MaxValue));
        Assert.Equal(EvidenceUse.OfAnother, await UseAsync(Digest('f'), "thief", DateTimeOffset.MaxValue));

        // An end that is longer past than two clocks differ.
        Assert.Equal(EvidenceUse.Own, await UseAsync(over, "billing", until - 2 * Hour));
        Assert.Equal(EvidenceUse.Own, await UseAsync(over, "another", until));
    }

    [Fact]
    public async Task Of_many_identities_at_once_one_has_it()
    {
        var until = TimeProvider.System.GetUtcNow() + Hour;
        var uses = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => UseAsync(Digest('c'), $"rival-{number}", until)));
        Assert.Single(uses, use => use == EvidenceUse.Own);
    }

    [Fact]
    public async Task Evidence_stays_with_the_request_and_a_repeated_command_is_the_same_whenever_it_was_verified()
    {
        var billing = new Scenario(Silos, "billing");
        await billing.Register();
        var now = TimeProvider.System.GetUtcNow();
        var evidence = new VerifiedEvidence(EvidenceKind.Provenance, "builds", "runner", new Dictionary<string, string>(StringComparer.Ordinal) { ["ref"] = "main" }, now + Hour, Digest('d'));
        var command = new IdentityCommand.RequestAccess([Scenario.May("prices")], TimeSpan.FromMinutes(1), "a test") { Evidence = [evidence] };

        var first = await billing.Do(command, "key");
        var again = await billing.Do(command with { Evidence = [evidence with { ExpiresAt = now + 2 * Hour }] }, "key");
        var other = await billing.Do(command with { Evidence = [evidence with { Digest = Digest('e') }] }, "key");
        var none = await billing.Do(command with { Evidence = [] }, "key");

        Assert.Null(first.Refusal);
        Assert.Equal(first.GrantId, again.GrantId);
        Assert.Equal("IDEMPOTENCY_KEY_REUSED", other.Refusal?.Code);
        Assert.Equal("IDEMPOTENCY_KEY_REUSED", none.Refusal?.Code);
        var kept = Assert.Single((await billing.Grant(first.GrantId)).Request.Evidence);
        Assert.Equal(("runner", "main", now + Hour), (kept.Subject, kept.Claims["ref"], kept.ExpiresAt));
        var told = (await Story.Of(Silos, "billing")).First(entry => entry.Event.Details.ContainsKey("evidence"));
        Assert.Equal($"Provenance builds runner {Digest('d')}", told.Event.Details["evidence"]);
    }

    [Fact]
    public void A_command_as_it_was_before_there_was_evidence_has_the_digest_that_it_had_then()
    {
        var command = new IdentityCommand.RequestAccess([Scenario.May("prices")], TimeSpan.FromMinutes(1), "a test");
        var before = NhiGrains.Domain.Canonical.DigestOfText(NhiGrains.Domain.Canonical.Text(new { Actor = "ada", Command = (IdentityCommand)command })
            .Replace(",\"breakGlass\":false", "", StringComparison.Ordinal).Replace(",\"evidence\":[]", "", StringComparison.Ordinal));
        var done = new DoneCommand("key", before, "g1");
        Assert.Null(IdempotencyKeys.Check([done], new CommandEnvelope("key", "ada", command)));
    }

    private Task<EvidenceUse> UseAsync(string digest, string identityId, DateTimeOffset until) =>
        Silos.Grains.GetGrain<IEvidenceUseGrain>(EvidenceUses.ShardOf(digest)).Use(digest, identityId, until);

    private static string Digest(char of) => new(of, 64);
}
