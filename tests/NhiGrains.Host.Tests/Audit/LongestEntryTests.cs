using System.Text.Json;
using NhiGrains.Contracts;
using NhiGrains.Domain;
using NhiGrains.Domain.Audit;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Evidence;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.People;
using NhiGrains.Domain.Policies;
using NhiGrains.Host.Audit;
using NhiGrains.Host.Notifications;
using NhiGrains.Host.Webhooks;

namespace NhiGrains.Host.Tests.Audit;

/// <summary>Whatever is permitted, the entry that tells of it can be exported and verified (promise 9).</summary>
public class LongestEntryTests
{
    // Six characters in JSON; and the quotation mark, which is six as well, and which a name in a rule may have.
    public static TheoryData<char> Widest => ['\u20AC', '"'];

    [Theory]
    [MemberData(nameof(Widest))]
    public void A_grant_of_the_longest_permitted_values_is_exported_in_a_line_that_verifies(char wide)
    {
        var entitlement = new Entitlement(
            $"{new string('k', 16)}:{new string('p', 47)}",
            Enum.GetValues<Verb>(),
            [.. Enumerable.Range(0, EntitlementRules.MaxResources).Select(index => new ResourceSelector(Long('\u20AC', 1024), Long('\u20AC', 1024), ResourceMatch.Exact, Long('\u20AC', 1020) + index))],
            new(SourceCidrs: [.. Enumerable.Repeat("2001:db8:1111:2222:3333:4444:5555:6666/128", EntitlementRules.MaxSourceCidrs)]),
            [.. Enumerable.Repeat(Long('\u20AC', EntitlementRules.MaxNativeActionLength), EntitlementRules.MaxNativeActions)]);
        Assert.True(EntitlementRules.Normalize(entitlement).IsOk);
        var rules = Enumerable.Repeat(Long(wide, 100), 1_000).ToArray();
        var decision = new Decision(
            DecisionOutcome.PermitReduced, [.. Enumerable.Repeat(entitlement, 20)], TimeSpan.FromHours(1), rules, [.. rules.Select(rule => $"Rule '{rule}' permits it.")],
            new string('a', 16), new string('b', 64), AllowsControllerEnforcedEnd: true);
        var evidence = new VerifiedEvidence(EvidenceKind.ClientCertificate, new string('t', 63), Long(wide, 1000), new Dictionary<string, string>(StringComparer.Ordinal), ExportText.Noon, new string('d', 64));
        var request = new AccessRequest(Long(wide, Names.MaxActorLength), Long(wide, Names.MaxReasonLength), decision.Entitlements, TimeSpan.FromHours(1), ExportText.Noon) { Evidence = [.. Enumerable.Repeat(evidence, 5)] };
        var grant = Grant.From($"g-{Guid.Empty:N}", request, decision);

        Verifies(AuditDetails.Of(before: null, grant), wide);
    }

    [Theory]
    [MemberData(nameof(Widest))]
    public void An_identity_with_the_longest_permitted_owner_and_intent_is_too(char wide)
    {
        var profile = new IdentityProfile(
            IdentityKind.Bot, new(Long(wide, Names.MaxOwnerLength), Long(wide, Names.MaxOwnerLength)), new string('e', 63), new Dictionary<string, string>(StringComparer.Ordinal), []);
        var resources = Enumerable.Range(0, EntitlementRules.MaxResources).Select(index => new ResourceSelector("t", "c", ResourceMatch.Exact, $"{index}")).ToArray();
        Entitlement[] entitlements = [.. Enumerable.Repeat(new Entitlement("k8s:test", [Verb.Read], resources, Conditions.None), 20)];
        var decision = new Decision(DecisionOutcome.Permit, entitlements, TimeSpan.Zero, [Long(wide, 100)], [Long(wide, 100_000)], "v", "d", AllowsControllerEnforcedEnd: true);
        var identity = Identity.Register("billing", profile).Value.SetIntent(new(entitlements, decision), DateTimeOffset.UnixEpoch).Value;

        var details = AuditDetails.Of(before: null, identity);

        Assert.Equal(profile.Owner.Person, details["owner"]);
        Verifies(details, wide);
    }

    [Theory]
    [MemberData(nameof(Widest))]
    public void A_change_of_a_group_with_as_many_and_as_long_names_as_one_may_have_is_too(char wide)
    {
        string[] names = [.. Enumerable.Range(0, GroupRules.MaxNames).Select(number => $"{number:000}{Long(wide, Names.MaxActorLength - 3)}")];

        Verifies(GroupRules.SetMembers(PeopleDirectory.Empty, Long(wide, Names.MaxOwnerLength), names, []).Value.Details, wide);
    }

    [Fact]
    public void What_is_cut_says_so_with_the_digest_of_the_whole()
    {
        Entitlement[] many = [new("k8s:test", [Verb.Read], [.. Enumerable.Range(0, 1_000).Select(index => new ResourceSelector("configmaps", "shop", ResourceMatch.Exact, $"name-{index}"))], Conditions.None)];
        var decision = new Decision(DecisionOutcome.Permit, many, TimeSpan.FromHours(1), ["r"], ["because"], "v", "d", AllowsControllerEnforcedEnd: true);

        var details = AuditDetails.Of(before: null, Grant.From("g", new("ada", "why", many, TimeSpan.FromHours(1), ExportText.Noon), decision));

        Assert.StartsWith(Canonical.Text(many)[..AuditDetails.MaxEntitlements] + "... (cut: it has ", details["entitlements"], StringComparison.Ordinal);
        Assert.EndsWith($"SHA-256 {Canonical.Digest(many)})", details["entitlements"], StringComparison.Ordinal);
    }

    private static void Verifies(IReadOnlyDictionary<string, string> details, char wide)
    {
        var change = new AuditEvent(
            "identity/" + new string('i', 63), 1, ExportText.Noon, Long(wide, Names.MaxActorLength), "grant.active", Long(wide, Names.MaxReasonLength), new string('a', 64), new string('b', 64), details);
        var entry = AuditChain.Append(AuditHead.Genesis(0), change);
        var heads = Enumerable.Range(0, Shards.Count).Select(shard => shard == 0 ? AuditChain.HeadAfter(entry) : AuditHead.Genesis(shard)).ToArray();
        var header = new AuditExportHeader(AuditExportFormat.Name, AuditExportFormat.Version, ExportText.Noon, heads);
        var line = Canonical.Text(entry);
        using var export = new StringReader($"{Canonical.Text(header)}\n{line}\n");

        var verdict = AuditVerification.Verify(export, []);

        Assert.Empty(verdict.Problems);
        Assert.Equal(1, verdict.Entries);
        IsToldInOneEvent(entry);
        Assert.InRange(line.Length, 100_000, AuditExportFormat.LongestLine * 3 / 4);
    }

    /// <summary>Of which a sink that is as strict as this server takes so many bytes.</summary>
    private static void IsToldInOneEvent(AuditEntry entry)
    {
        var body = LoudEvent.Of(entry);

        Assert.InRange(body.Length, 1, SignedMessages.LongestBody);
        var data = CloudEvent.Read(body, "an identity").Value.Data?.Deserialize<AuditEvent>(Canonical.Json);
        Assert.Equal(entry.Event.Details.Keys.Order(StringComparer.Ordinal), data?.Details.Keys.Order(StringComparer.Ordinal));
        Assert.Equal((entry.Event.Actor, entry.Event.After), (data?.Actor, data?.After));
    }

    private static string Long(char character, int length) => new(character, length);
}
