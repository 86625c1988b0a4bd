using System.Globalization;
using System.Text;
using System.Text.Json;
using NhiGrains.Domain;
using NhiGrains.Domain.Audit;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Host.Audit;

/// <param name="Problems">Which decisions could not be made again, or were another one, and why; the first 100.</param>
/// <param name="Decisions">How many were made again.</param>
/// <param name="Sets">How many policy sets the export has.</param>
/// <param name="WithoutRecord">How many entries tell of a decision that the export has no record of: those of releases before records were kept.</param>
internal sealed record ReplayVerdict(IReadOnlyList<string> Problems, long Decisions, int Sets, long WithoutRecord)
{
    public bool IsSame => Problems.Count == 0;
}

/// <summary>
/// Makes every decision of an export again, with nothing but the export: what was asked and the answer are in the entry, and the policy
/// set of that time is in entries of its own. The export is read twice, since a set may stand behind what it decided.
/// </summary>
internal sealed class AuditReplay
{
    private const string Content = "policy-set.content";
    private const int MostProblems = 100;

    // What was in force before any set was is in no export: as this release calls it, and as earlier ones did.
    private static readonly string[] VersionsOfEmpty = [PolicySet.Empty.Version, "ebb81fd3770db633f30fa53b1d176e93"];

    private readonly Dictionary<string, PolicySet> _sets = VersionsOfEmpty.Distinct(StringComparer.Ordinal).ToDictionary(version => version, _ => PolicySet.Empty, StringComparer.Ordinal);
    private readonly Dictionary<string, string?[]> _parts = new(StringComparer.Ordinal);
    private readonly List<string> _problems = [];
    // Of the inputs of all records that were looked at; eight of their bytes, since an export may have millions.
    private readonly HashSet<string> _inputs = new(StringComparer.Ordinal);
    private long _decisions;

    /// <summary>How many entries tell of a decision by its input alone.</summary>
    private readonly Dictionary<string, long> _unrecorded = new(StringComparer.Ordinal);

    /// <param name="open">Opens the export from its beginning.</param>
    /// <exception cref="InvalidDataException">It is no export, or damaged: verify it first.</exception>
    public static ReplayVerdict Run(Func<TextReader> open)
    {
        var replay = new AuditReplay();
        Each(open, replay.Collect);
        foreach (var version in replay._parts.Keys.Where(version => !replay._sets.ContainsKey(version)))
            replay.Tell($"policy set {version} is not whole in the export");
        Each(open, replay.Decide);
        return new(replay._problems, replay._decisions, replay._sets.Values.Count(set => !ReferenceEquals(set, PolicySet.Empty)), replay._unrecorded.Where(one => !replay._inputs.Contains(one.Key)).Sum(one => one.Value));
    }

    private static void Each(Func<TextReader> open, Action<AuditEntry> look)
    {
        using var reader = open();
        var lines = new BoundedLines(reader, AuditExportFormat.LongestLine);
        AuditVerification.ReadHeader(lines);
        while (lines.Read() is { } line)
            look(AuditExportFormat.Parse<AuditEntry>(line) ?? throw new InvalidDataException($"line {lines.Number} is not an entry as it was exported"));
    }

    private void Collect(AuditEntry entry)
    {
        var details = entry.Event.Details;
        if (entry.Event.Action != Content || !details.TryGetValue("version", out var version) || !details.TryGetValue("text", out var text)
            || !TryPart(details.GetValueOrDefault("part") ?? "", out var index, out var count))
        {
            return;
        }

        if (!_parts.TryGetValue(version, out var parts) || parts.Length != count)
            _parts[version] = parts = new string?[count];
        parts[index] = text;
        // By the text and not by what is read from it: another release may have written more into a set, or less.
        if (parts.All(part => part is not null) && string.Concat(parts) is var whole && PolicySet.VersionOf(whole) == version && SetOf(whole) is { } set)
            _sets[version] = set;
    }

    private void Decide(AuditEntry entry)
    {
        if (entry.Event.Details.TryGetValue(AuditDetails.WholeRecord, out var whole))
            Decide(entry, whole);
        if (entry.Event.Details.TryGetValue(AuditDetails.Record, out var written))
            Decide(entry, written);
        // Its record may come yet, in another shard.
        else if (entry.Event.Details.TryGetValue("input", out var input) && KeyOf(input) is var key && !_inputs.Contains(key))
            _unrecorded[key] = _unrecorded.GetValueOrDefault(key) + 1;
    }

    private void Decide(AuditEntry entry, string written)
    {
        _decisions++;
        var place = $"shard {entry.Shard}, entry {entry.Sequence} ({entry.Event.Source}, {entry.Event.Action})";
        if (DecisionRecord.Read(written) is not { } record)
        {
            Tell($"{place}: the decision cannot be read");
            return;
        }

        _inputs.Add(KeyOf(record.Decision.InputDigest));
        if (!_sets.TryGetValue(record.Decision.PolicyVersion, out var set))
            Tell($"{place}: the export does not have the policy set {record.Decision.PolicyVersion} that decided");
        else if (!record.Replays(set, record.Decision.PolicyVersion))
            Tell($"{place}: policy set {record.Decision.PolicyVersion} does not answer this to what was asked");
    }

    private static string KeyOf(string digest) => digest.Length > 16 ? digest[..16] : digest;

    private void Tell(string problem)
    {
        if (_problems.Count < MostProblems)
            _problems.Add(problem);
    }

    private static bool TryPart(string text, out int index, out int count)
    {
        (index, count) = (0, 0);
        var parts = text.Split('/');
        if (parts.Length != 2 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out count))
        {
            return false;
        }

        index = number - 1;
        return index >= 0 && index < count && count <= PolicyContent.MaxParts;
    }

    private static PolicySet? SetOf(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<PolicySet>(Encoding.UTF8.GetBytes(text), Canonical.Json);
        }
        catch (Exception fault) when (fault is JsonException or NotSupportedException)
        {
            return null; // Told as not whole.
        }
    }
}
