using NhiGrains.Contracts.Evidence;
using NhiGrains.Contracts.Identities;
using NhiGrains.Contracts.Policies;
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
    public async Task The_first_answer_is_recalled_by_the_very_same_command_of_the_same_caller_with_the_same_evidence_and_by_nothing_else()
    {
        var billing = new Scenario(Silos, "billing");
        await billing.Register();
        var evidence = Evidence('a', TimeProvider.System.GetUtcNow() + Hour);
        var command = new IdentityCommand.RequestAccess([Scenario.May("prices")], Hour, "a test");
        var first = await billing.Do(command with { Evidence = [evidence] }, "key");
        var renewed = await billing.Do(new IdentityCommand.RenewGrant(first.GrantId ?? "", Hour, "longer") { Evidence = [evidence] }, "renewal");
        Assert.Null(renewed.Refusal);
        EvidenceMark[] marks = [EvidenceMark.Of(evidence)];
        var envelope = new CommandEnvelope("key", "ada", command);

        var recalled = await Silos.Identity("billing").Recall(envelope, marks);
        var renewal = await Silos.Identity("billing").Recall(new("renewal", "ada", new IdentityCommand.RenewGrant(first.GrantId ?? "", Hour, "longer")), marks);

        Assert.Equal((null, first.GrantId, "billing"), (recalled?.Refusal, recalled?.GrantId, recalled?.Identity?.Identity.Id));
        Assert.Equal(renewed.GrantId, renewal?.GrantId);
        Assert.Null(await Silos.Identity("billing").Recall(envelope with { IdempotencyKey = "other" }, marks));
        Assert.Null(await Silos.Identity("billing").Recall(envelope with { Actor = "eve" }, marks));
        Assert.Null(await Silos.Identity("billing").Recall(envelope with { Command = command with { Reason = "another" } }, marks));
        Assert.Null(await Silos.Identity("billing").Recall(envelope, []));
        Assert.Null(await Silos.Identity("billing").Recall(envelope, [marks[0] with { Digest = Digest('b') }]));
        Assert.Null(await Silos.Identity("billing").Recall(envelope, [marks[0] with { Trust = "another" }]));
        Assert.Null(await Silos.Identity("thief").Recall(envelope, marks));
    }

    [Fact]
    public async Task What_is_shown_at_a_renewal_makes_it_permitted_and_stays_with_the_grant_for_the_next_one()
    {
        await Silos.Grains.GetGrain<IPolicySetGrain>(PolicySets.Main).Apply(new("main", [TwoSilos.PermitAnHour with { Match = new() { Evidence = [new(EvidenceKind.Provenance)] } }]), "test");
        var billing = new Scenario(Silos, "billing");
        await billing.Register();
        var now = Silos.Time.GetUtcNow();
        var request = await billing.Do(new IdentityCommand.RequestAccess([Scenario.May("prices")], Hour, "a test") { Evidence = [Evidence('a', now + Hour / 4)] });
        var renew = new IdentityCommand.RenewGrant(request.GrantId ?? "", Hour, "longer");

        Silos.Time.Advance(Hour / 2);
        Assert.Equal("DENIED_BY_POLICY", (await billing.Do(renew)).Refusal?.Code); // What was shown has ended.
        Assert.Null((await billing.Do(renew with { Evidence = [Evidence('b', now + 2 * Hour)] })).Refusal);
        Assert.Equal([Digest('b')], (await billing.Grant(request.GrantId)).Request.Evidence.Select(one => one.Digest));
        Silos.Time.Advance(Hour / 2);
        Assert.Null((await billing.Do(renew)).Refusal);
        Silos.Time.Advance(Hour * 0.9);
        Assert.Null((await billing.Do(renew)).Refusal);
        Silos.Time.Advance(Hour / 2);
        Assert.Equal("DENIED_BY_POLICY", (await billing.Do(renew)).Refusal?.Code); // That has ended, too.

        var told = await Story.Of(Silos, "billing");
        Assert.Equal(["grant.active", "grant.renewed"], told.Where(entry => entry.Event.Details.ContainsKey("evidence")).Select(entry => entry.Event.Action));
    }

    [Fact]
    public void A_command_as_it_was_before_there_was_evidence_has_the_digest_that_it_had_then()
    {
        var command = new IdentityCommand.RequestAccess([Scenario.May("prices")], TimeSpan.FromMinutes(1), "a test");
        var before = NhiGrains.Domain.Canonical.DigestOfText(NhiGrains.Domain.Canonical.Text(new { Actor = "ada", Command = (IdentityCommand)command })
            .Replace(",\"breakGlass\":false", "", StringComparison.Ordinal).Replace(",\"evidence\":[]", "", StringComparison.Ordinal));
        var done = new DoneCommand("key", before, "g1");
        var renewal = NhiGrains.Domain.Canonical.Digest(new { Actor = "ada", Command = new { command = "renew", GrantId = "g", Lifetime = Hour, Reason = "why" } });

        Assert.Null(IdempotencyKeys.Check([done], new CommandEnvelope("key", "ada", command)));
        Assert.Null(IdempotencyKeys.Check([new("key", renewal, "g1")], new CommandEnvelope("key", "ada", new IdentityCommand.RenewGrant("g", Hour, "why"))));
    }

    private Task<EvidenceUse> UseAsync(string digest, string identityId, DateTimeOffset until) =>
        Silos.Grains.GetGrain<IEvidenceUseGrain>(EvidenceUses.ShardOf(digest)).Use(digest, identityId, until);

    private static VerifiedEvidence Evidence(char of, DateTimeOffset until) =>
        new(EvidenceKind.Provenance, "builds", "runner", new Dictionary<string, string>(StringComparer.Ordinal), until, Digest(of));

    private static string Digest(char of) => new(of, 64);
}
