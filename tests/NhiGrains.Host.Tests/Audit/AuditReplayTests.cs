using System.Text.Json;
using NhiGrains.Domain;
using NhiGrains.Domain.Audit;
using NhiGrains.Domain.Policies;
using NhiGrains.Host.Audit;
using NhiGrains.Platforms.TestKit;

namespace NhiGrains.Host.Tests.Audit;

/// <summary>Decisions are made again from an export alone, be it one of another release.</summary>
public class AuditReplayTests
{
    [Fact]
    public void Every_kind_of_decision_is_made_again_and_is_the_same()
    {
        var verdict = Replay(DecisionExport.Text(Canonical.Text(DecisionExport.Set), DecisionExport.Set.Version, DecisionExport.Decisions.Select(record => record.Write())));

        Assert.Empty(verdict.Problems);
        Assert.Equal((DecisionExport.Decisions.Count, 1), (verdict.Decisions, verdict.Sets));
        Assert.Equal(
            [DecisionOutcome.PermitReduced, DecisionOutcome.RequireApproval, DecisionOutcome.Deny, DecisionOutcome.Deny, DecisionOutcome.Deny, DecisionOutcome.Deny],
            DecisionExport.Decisions.Select(record => record.Decision.Outcome));
    }

    [Fact]
    public void An_export_of_a_release_that_wrote_more_into_sets_and_inputs_replays()
    {
        var text = Canonical.Text(DecisionExport.Set).Replace("\"effect\":", "\"later\":{\"of\":1},\"effect\":", StringComparison.Ordinal);
        var version = PolicySet.VersionOf(text);
        var records = DecisionExport.Decisions.Take(5).Select(record =>
        {
            var input = Canonical.Text(record.Input);
            var more = input.Replace("{\"identityId\":", "{\"later\":[],\"identityId\":", StringComparison.Ordinal);
            return Canonical.Text(record)
                .Replace(input, more, StringComparison.Ordinal)
                .Replace(record.Decision.InputDigest, Canonical.DigestOfText(more), StringComparison.Ordinal)
                .Replace(DecisionExport.Set.Version, version, StringComparison.Ordinal);
        }).ToArray();

        Assert.Empty(Replay(DecisionExport.Text(text, version, records)).Problems);
    }

    [Fact]
    public void A_set_whose_text_is_not_that_of_its_version_is_none()
    {
        var text = Canonical.Text(DecisionExport.Set).Replace("\"staging\"", "\"production\"", StringComparison.Ordinal);

        var verdict = Replay(DecisionExport.Text(text, DecisionExport.Set.Version, DecisionExport.Decisions.Select(record => record.Write())));

        Assert.Contains(verdict.Problems, problem => problem.Contains("is not whole", StringComparison.Ordinal));
        Assert.Equal(0, verdict.Sets);
    }

    // As an earlier release wrote it: it is never written again.
    [Fact]
    public void The_export_of_an_earlier_release_verifies_and_replays()
    {
        var export = File.ReadAllText(Checkout.PathOf("tests/NhiGrains.Host.Tests/Audit/decisions-1.jsonl"));
        using var reader = new StringReader(export);

        Assert.Empty(AuditVerification.Verify(reader, []).Problems);
        var verdict = Replay(export);
        Assert.Empty(verdict.Problems);
        Assert.Equal((6, 1), (verdict.Decisions, verdict.Sets));
    }

    // Each of them is decided otherwise by now: what is not known, what entries leave out, parts of resources, and verbs that are others as well.
    [Fact]
    public void What_was_decided_by_the_first_reading_replays_by_it_and_is_decided_otherwise_now()
    {
        var export = File.ReadAllText(Checkout.PathOf("tests/NhiGrains.Host.Tests/Audit/decisions-2.jsonl"));
        using var reader = new StringReader(export);
        Assert.Empty(AuditVerification.Verify(reader, []).Problems);

        var verdict = Replay(export);

        Assert.Empty(verdict.Problems);
        Assert.Equal((5, 1), (verdict.Decisions, verdict.Sets));
        var details = export.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => AuditExportFormat.Parse<AuditEntry>(line)?.Event.Details ?? throw new InvalidDataException(line)).ToArray();
        var set = JsonSerializer.Deserialize<PolicySet>(details[0]["text"], Canonical.Json) ?? throw new InvalidDataException("It has no set.");
        Assert.All(details.Skip(1), detail =>
        {
            var record = DecisionRecord.Read(detail[AuditDetails.Record]) ?? throw new InvalidDataException("It has no record.");
            Assert.Equal(PolicyReading.First, record.Input.Reading);
            Assert.NotEqual(record.Decision.Outcome, PolicyEngine.Decide(set, record.Input with { Reading = PolicyReading.Second }).Outcome);
        });
    }

    private static ReplayVerdict Replay(string export) => AuditReplay.Run(() => new StringReader(export));
}
