using System.Text.RegularExpressions;
using CsCheck;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Policies;
using static NhiGrains.Domain.Tests.Policies.Asking;

namespace NhiGrains.Domain.Tests.Policies;

public class DecisionRecordTests
{
    private static readonly PolicySet Set = new("test", [Permit() with { OnlyVerbs = [Verb.Read] }, Approve(new(Verbs: [Verb.Write]))]);

    private static DecisionRecord Record(int resources = 1)
    {
        var selectors = Enumerable.Range(0, resources).Select(index => new ResourceSelector("configmaps", "shop", ResourceMatch.Exact, $"name-{index}"));
        var input = For([.. selectors]) with
        {
            Evidence = [new(NhiGrains.Domain.Evidence.EvidenceKind.OidcToken, "ci", "s", Some.Profile.Tags, Plain.At, "d")],
            Exceptions = [new("e", ["deny"], Plain.Entitlements, Plain.At.AddHours(1))],
        };
        PlatformFidelity[] told = [new(Some.Platform, new Fidelity.ControllerEnforced(["watch it"], TimeSpan.FromSeconds(5)))];
        return new(input, Settlement.Of(PolicyEngine.Decide(Set, input), told).Value);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(100, true)]
    public void What_is_written_is_read_and_replays(int resources, bool packed)
    {
        var record = Record(resources);
        var text = record.Write();

        Assert.Equal(packed, text.StartsWith("brotli:", StringComparison.Ordinal));
        Assert.Equal(Canonical.Text(record), Canonical.Text(DecisionRecord.Read(text)));
        Assert.True(DecisionRecord.Read(text)?.Replays(Set));
        Assert.False(DecisionRecord.Read(text)?.Replays(Set with { Name = "another" }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("brotli:")]
    [InlineData("brotli:AAAA")]
    [InlineData("brotli:!")]
    [InlineData("""{"input":{},"decision":{}}""")]
    [InlineData("""{"input":null,"decision":null}""")]
    [InlineData("\ud800")]
    public void What_is_no_record_is_read_as_none(string text) => Assert.Null(DecisionRecord.Read(text));

    [Fact]
    public void A_list_with_a_hole_in_it_is_no_record() =>
        Assert.Null(DecisionRecord.Read(Record().Write().Replace("\"exceptions\":[{", "\"exceptions\":[null,{", StringComparison.Ordinal)));

    [Fact]
    public void Members_of_another_version_are_no_damage()
    {
        var record = Record();
        var (set, input) = (Canonical.Text(Set).Replace("{\"name\":", "{\"later\":1,\"name\":", StringComparison.Ordinal), Canonical.Text(record.Input).Replace("{\"identityId\":", "{\"later\":[2],\"identityId\":", StringComparison.Ordinal));
        var version = Canonical.DigestOfText(set)[..32];
        var text = record.Write()
            .Replace(Canonical.Text(record.Input), input, StringComparison.Ordinal)
            .Replace(record.Decision.InputDigest, Canonical.DigestOfText(input), StringComparison.Ordinal)
            .Replace(Set.Version, version, StringComparison.Ordinal);

        Assert.True(DecisionRecord.Read(text)?.Replays(Set, version));
        Assert.False(DecisionRecord.Read(text)?.Replays(Set));
        Assert.False(DecisionRecord.Read(text.Replace("\"later\":[2]", "\"later\":[3]", StringComparison.Ordinal))?.Replays(Set, version));
    }

    [Fact]
    public void What_the_platforms_refuse_is_a_deny_that_replays()
    {
        var exact = new PolicySet("test", [Permit() with { OnlyExact = true }, Approve(new(Verbs: [Verb.Write])) with { Meanwhile = new([Verb.Read]) }]);
        PlatformFidelity[] told = [new(Some.Platform, new Fidelity.ControllerEnforced(["watch it"], TimeSpan.FromSeconds(5)))];
        var denied = new DecisionRecord(Plain, Settlement.OrDenied(PolicyEngine.Decide(exact, Plain), told).Decision);

        Assert.Equal(DecisionOutcome.Deny, denied.Decision.Outcome);
        Assert.Empty(denied.Decision.Entitlements);
        Assert.Null(denied.Decision.Meanwhile);
        Assert.Contains(denied.Decision.Reasons, reason => reason.Contains("exactly", StringComparison.Ordinal));
        Assert.True(DecisionRecord.Read(denied.Write())?.Replays(exact));
        Assert.False(DecisionRecord.Read((denied with { Decision = denied.Decision with { Fidelities = [] } }).Write())?.Replays(exact));
    }

    [Fact]
    public void A_damaged_record_is_none_or_does_not_replay_and_never_throws()
    {
        string[] whole = [Record().Write(), Record(100).Write()];
        Gen.Select(Gen.Int[0, 1], Gen.Int[0, 20_000], Gen.Int[0, 40], Gen.OneOf(Gen.String[Gen.Char["\"{}[]:,0n\\aZ=/+ "], 0, 6], Gen.String[0, 4])).Sample(
            (which, at, cut, put) =>
            {
                var text = whole[which];
                at %= text.Length;
                var damaged = text[..at] + put + text[Math.Min(text.Length, at + cut)..];
                var record = DecisionRecord.Read(damaged);
                _ = record?.Replays(Set); // A damage that changes nothing (a space) may replay: the audit's own chain tells it.
                return true;
            },
            iter: 10_000);
    }

    [Fact]
    public void A_record_of_words_exchanged_for_others_never_throws()
    {
        var text = Record().Write();
        string[] tokens = [.. Regex.Matches(text, "[{}\\[\\]:,]|[^{}\\[\\]:,]+", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Select(match => match.Value)];
        Gen.Select(Gen.Int[0, tokens.Length - 1], Gen.Int[0, tokens.Length - 1]).Sample(
            (from, to) =>
            {
                var changed = (string[])tokens.Clone();
                changed[to] = tokens[from];
                _ = DecisionRecord.Read(string.Concat(changed))?.Replays(Set);
                return true;
            },
            iter: 10_000);
    }
}
