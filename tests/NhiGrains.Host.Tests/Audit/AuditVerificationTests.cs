using System.Text;
using NhiGrains.Domain;
using NhiGrains.Domain.Audit;
using NhiGrains.Host.Audit;

namespace NhiGrains.Host.Tests.Audit;

/// <summary>Promise 9, on exported files.</summary>
public class AuditVerificationTests
{
    [Fact]
    public void An_export_that_is_whole_verifies()
    {
        var verdict = ExportText.Build().Verify();
        Assert.Empty(verdict.Problems);
        Assert.Equal(7, verdict.Entries);
        Assert.Equal(ExportText.Noon, verdict.Header?.ExportedAt);
    }

    [Theory]
    [InlineData(1, "shard 3: entry 1 is missing or out of order (found 3/2)")]
    [InlineData(3, "shard 3: entry 3 is missing or out of order (found 3/4)")]
    [InlineData(5, "shard 3: ends with entry 4, but entry 5 was the last one")]
    [InlineData(7, "shard 7: ends with entry 1, but entry 2 was the last one")]
    public void A_missing_entry_is_found(int line, string problem) =>
        Expect(export => export.Lines.RemoveAt(line), problem);

    [Theory]
    [InlineData("\"actor\":\"ada\"", "\"actor\":\"eve\"")]
    [InlineData("\"grant\":\"g\"", "\"grant\":\"h\"")]
    [InlineData("grant.activated", "grant.revoked")]
    public void An_edited_entry_is_found(string from, string to) =>
        Expect(export => export.Lines[2] = export.Lines[2].Replace(from, to, StringComparison.Ordinal), "shard 3: entry 2 was edited");

    [Theory]
    [InlineData("{\"shard\"", "{\"note\":\"approved by all\",\"shard\"")]
    [InlineData("{\"shard\"", "{ \"shard\"")]
    [InlineData("\"actor\":\"ada\"", "\"actor\":\"eve\",\"actor\":\"ada\"")]
    [InlineData("{\"shard\"", "[\"shard\"")]
    public void What_the_hash_does_not_cover_cannot_be_put_into_a_line(string from, string to) =>
        Expect(export => export.Lines[2] = export.Lines[2].Replace(from, to, StringComparison.Ordinal), "line 3 is not an entry as it was exported");

    [Theory]
    [InlineData("""{"shard":0,"sequence":1,"previous":"<genesis>","hash":""}""")]
    [InlineData("""{"shard":0,"sequence":1,"event":{"source":"s","sourceSequence":1,"at":"2026-11-24T12:00:00+00:00","actor":"a","action":"b","why":"c","after":"d"},"previous":"<genesis>","hash":""}""")]
    [InlineData("""{"shard":0,"sequence":1,"event":{"source":"s","sourceSequence":1,"at":"2026-11-24T12:00:00+00:00","actor":"a","action":"b","why":"c","after":"d","details":{"zone":null}},"previous":"<genesis>","hash":""}""")]
    [InlineData("""{"shard":0,"sequence":1,"event":{"source":"s","sourceSequence":1,"at":"2026-11-24T12:00:00+00:00","action":"b","why":"c","after":"d","details":{}},"previous":"<genesis>","hash":""}""")]
    public void An_entry_that_lacks_a_part_is_none_though_its_hash_holds(string unsigned)
    {
        var text = unsigned.Replace("<genesis>", AuditHead.Genesis(0).Hash, StringComparison.Ordinal);
        var hash = Canonical.DigestOfText(text);
        var export = ExportText.Build();
        var heads = export.Heads().Select(head => head.Shard == 0 ? new AuditHead(0, 1, hash) : head).ToArray();
        export.Lines[0] = Canonical.Text(new AuditExportHeader(AuditExportFormat.Name, AuditExportFormat.Version, ExportText.Noon, heads));
        export.Lines.Insert(1, text.Replace("\"hash\":\"\"", $"\"hash\":\"{hash}\"", StringComparison.Ordinal));

        Assert.Contains("line 2 is not an entry as it was exported", export.Verify().Problems);
    }

    [Fact]
    public void Reordered_entries_are_found() => Expect(
        export => (export.Lines[2], export.Lines[3]) = (export.Lines[3], export.Lines[2]),
        "shard 3: entry 2 is missing or out of order (found 3/3)");

    [Fact]
    public void Entries_moved_among_another_shards_are_found()
    {
        var problems = Problems(export => (export.Lines[3], export.Lines[6]) = (export.Lines[6], export.Lines[3]));
        Assert.Contains("shard 3: ends with entry 2, but entry 5 was the last one", problems);
    }

    [Fact]
    public void A_doubled_entry_is_found() => Expect(
        export => export.Lines.Insert(2, export.Lines[1]), "shard 3: entry 2 is missing or out of order (found 3/1)");

    [Fact]
    public void Entries_after_the_end_are_found() => Expect(
        export => export.Lines.Add(export.Lines[1]), "line 9: an entry of shard 3 is out of its place");

    [Fact]
    public void A_file_that_was_cut_off_between_lines_is_found()
    {
        var problems = Problems(export => export.Lines.RemoveRange(4, 4));
        Assert.Equal(["shard 3: ends with entry 3, but entry 5 was the last one", "shard 7: ends with entry 0, but entry 2 was the last one"], problems);
    }

    [Fact]
    public void A_file_that_was_cut_off_in_a_line_is_found()
    {
        var text = ExportText.Build().ToString();
        using var reader = new StringReader(text[..^20]);
        Assert.Equal(["line 8 ends in the middle: the file was cut off"], AuditVerification.Verify(reader, []).Problems);
    }

    [Fact]
    public void Every_cut_is_found()
    {
        var text = ExportText.Build().ToString();
        for (var length = 0; length < text.Length; length++)
        {
            using var reader = new StringReader(text[..length]);
            Assert.NotEmpty(AuditVerification.Verify(reader, []).Problems);
        }
    }

    [Fact]
    public void Damage_in_two_shards_is_told_for_both()
    {
        var problems = Problems(export =>
        {
            export.Lines[2] = export.Lines[2].Replace("ada", "eve", StringComparison.Ordinal);
            export.Lines[7] = export.Lines[7].Replace("ada", "eve", StringComparison.Ordinal);
        });
        Assert.Equal(["shard 3: entry 2 was edited", "shard 7: entry 2 was edited"], problems);
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("{}\n", "line 1 is not the header of an audit export")]
    [InlineData("[]\n", "line 1 is not the header of an audit export")]
    [InlineData("PK\u0003\u0004\n", "line 1 is not the header of an audit export")]
    [InlineData("{\"format\":\"nhigrains-audit\",\"version\":1,\"exportedAt\":\"2026-11-24T12:00:00+00:00\"}\n", "line 1 is not the header of an audit export")]
    [InlineData("{\"format\":\"nhigrains-audit\",\"version\":2,\"exportedAt\":\"2026-11-24T12:00:00+00:00\",\"heads\":[]}\n", "this reads version 1 of the format, not 2")]
    [InlineData("{\"format\":\"nhigrains-audit\",\"version\":1,\"exportedAt\":\"2026-11-24T12:00:00+00:00\",\"heads\":[null]}\n", "line 1 does not name the heads of the shards 0 to 15")]
    public void A_file_that_is_no_export_is_refused(string text, string problem)
    {
        using var reader = new StringReader(text);
        Assert.Equal([problem], AuditVerification.Verify(reader, []).Problems);
    }

    [Fact]
    public void A_head_that_was_left_out_is_found() => Expect(
        export => export.Lines[0] = export.Lines[0].Replace($",{NhiGrains.Domain.Canonical.Text(export.Heads()[15])}", "", StringComparison.Ordinal),
        "line 1 does not name the heads of the shards 0 to 15");

    [Fact]
    public void A_line_without_end_does_not_fill_the_memory()
    {
        using var reader = new StringReader(new string('x', AuditExportFormat.LongestLine * 2));
        Assert.Equal(["line 1 is longer than 1048576 characters"], AuditVerification.Verify(reader, []).Problems);
    }

    [Fact]
    public void A_log_that_grew_continues_the_earlier_export() =>
        Assert.Empty(ExportText.Build(inShard3: 9).Verify(ExportText.Build(inShard3: 5)).Problems);

    [Fact]
    public void A_log_that_was_made_anew_as_a_whole_shows_against_an_earlier_export()
    {
        var forged = ExportText.Build(actor: "eve");
        Assert.Empty(forged.Verify().Problems);
        Assert.Equal(
            ["shard 3: entry 5 is not the one that an earlier export had", "shard 7: entry 2 is not the one that an earlier export had"],
            forged.Verify(ExportText.Build()).Problems);
    }

    [Fact]
    public void A_log_that_was_cut_off_with_its_heads_shows_against_an_earlier_export() => Assert.Equal(
        ["shard 3: ends with entry 4, but an earlier export had 5"],
        ExportText.Build(inShard3: 4).Verify(ExportText.Build(inShard3: 5)).Problems);

    [Fact]
    public void Long_lines_are_read_over_the_edge_of_the_buffer()
    {
        var text = new StringBuilder();
        for (var length = 16_380; length < 16_390; length++)
            text.Append('x', length).Append('\n');
        using var reader = new StringReader(text.ToString());
        var lines = new BoundedLines(reader, 100_000);
        for (var length = 16_380; length < 16_390; length++)
            Assert.Equal(length, lines.Read()?.Length);
        Assert.Null(lines.Read());
        Assert.Equal(10, lines.Number);
    }

    private static void Expect(Action<ExportText> damage, string problem) => Assert.Equal([problem], Problems(damage));

    private static IReadOnlyList<string> Problems(Action<ExportText> damage)
    {
        var export = ExportText.Build();
        damage(export);
        return export.Verify().Problems;
    }
}
