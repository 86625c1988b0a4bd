using NhiGrains.Contracts;
using NhiGrains.Domain;
using NhiGrains.Domain.Audit;
using NhiGrains.Host.Audit;

namespace NhiGrains.Host.Tests.Audit;

/// <summary>An export as the server writes it: 5 entries in shard 3, 2 in shard 7, none elsewhere. Tests damage its lines.</summary>
internal sealed class ExportText
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    public List<string> Lines { get; } = [];

    /// <summary>The lines of shard 3 are 1 to 5, those of shard 7 are 6 and 7; line 0 is the header.</summary>
    public static ExportText Build(int inShard3 = 5, string actor = "ada")
    {
        var export = new ExportText();
        var entries = new List<AuditEntry>();
        var heads = Enumerable.Range(0, Shards.Count).Select(shard => Append(entries, shard, shard switch { 3 => inShard3, 7 => 2, _ => 0 }, actor)).ToArray();
        export.Lines.Add(Canonical.Text(new AuditExportHeader(AuditExportFormat.Name, AuditExportFormat.Version, Noon, heads)));
        export.Lines.AddRange(entries.Select(Canonical.Text));
        return export;
    }

    public AuditVerdict Verify(ExportText? earlier = null)
    {
        using var reader = new StringReader(ToString());
        return AuditVerification.Verify(reader, earlier?.Heads() ?? []);
    }

    public IReadOnlyList<AuditHead> Heads()
    {
        using var reader = new StringReader(ToString());
        return AuditVerification.ReadHeader(reader).Heads;
    }

    public override string ToString() => string.Concat(Lines.Select(line => line + "\n"));

    private static AuditHead Append(List<AuditEntry> entries, int shard, int count, string actor)
    {
        var head = AuditHead.Genesis(shard);
        for (var number = 1; number <= count; number++)
        {
            entries.Add(AuditChain.Append(head, Event(number, actor)));
            head = AuditChain.HeadAfter(entries[^1]);
        }

        return head;
    }

    private static AuditEvent Event(int number, string actor) => new(
        "identity/billing", number, Noon.AddSeconds(number).AddTicks(1234567), actor, "grant.activated", "rule 'a' – for \"tests\"", number == 1 ? null : "before", "after",
        new Dictionary<string, string>(StringComparer.Ordinal) { ["zone"] = "z", ["grant"] = "g" });
}
