using System.Globalization;
using System.Text.Json;
using NhiGrains.Domain;
using NhiGrains.Evidence.Reading;

namespace NhiGrains.Evidence.Provenance;

/// <summary>An in-toto statement 1 with the predicate of SLSA provenance 1, as far as rules may look at it.</summary>
internal sealed record SlsaStatement(JsonElement Subjects, JsonElement Build, string BuilderId, string? BuildType, DateTimeOffset? StartedOn, DateTimeOffset? FinishedOn)
{
    public const string PayloadType = "application/vnd.in-toto+json";
    public const string PredicateType = "https://slsa.dev/provenance/v1";
    private const string StatementType = "https://in-toto.io/Statement/v1";
    private const int MostSubjects = 1000;

    public static Result<SlsaStatement> Read(byte[] payload)
    {
        var json = StrictJson.Object(payload);
        if (json.Refusal is { } refusal)
            return refusal;
        var statement = json.Value;
        if (statement.Text("_type") != StatementType || statement.Text("predicateType") != PredicateType
            || statement.At("subject") is not { ValueKind: JsonValueKind.Array } subjects || subjects.GetArrayLength() is 0 or > MostSubjects
            || statement.At("predicate", "runDetails", "builder").Text("id") is not { Length: > 0 and <= ClaimBook.Longest } builder)
        {
            return EvidenceRefusals.Statement;
        }

        var metadata = statement.At("predicate", "runDetails", "metadata");
        if (!TryTime(metadata, "startedOn", out var started) || !TryTime(metadata, "finishedOn", out var finished))
            return EvidenceRefusals.Malformed("a time of the build is not as RFC 3339 writes it");
        var build = statement.At("predicate", "buildDefinition");
        return new SlsaStatement(subjects, build, builder, build.Text("buildType"), started, finished);
    }

    public Result<IReadOnlyDictionary<string, string>> Claims()
    {
        var book = new ClaimBook(only: null);
        book.Add("predicateType", PredicateType);
        book.Add("builderId", BuilderId);
        book.Add("buildType", BuildType);
        var source = SourceOfBuild.Find(Build);
        book.Add("repository", source.Repository);
        book.Add("ref", source.Ref);
        book.Add("subjectDigests", Digests());
        return book.Close();
    }

    /// <summary>Such as <c>sha256:4f…</c>, sorted.</summary>
    private string[] Digests() =>
    [
        .. Subjects.EnumerateArray()
            .Select(subject => subject.At("digest"))
            .Where(digest => digest.ValueKind == JsonValueKind.Object)
            .SelectMany(digest => digest.EnumerateObject())
            .Where(one => one.Value.ValueKind == JsonValueKind.String)
            .Select(one => $"{one.Name}:{one.Value.GetString()}")
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal),
    ];

    private static bool TryTime(JsonElement metadata, string name, out DateTimeOffset? at)
    {
        at = null;
        if (metadata.At(name).ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
            return true;
        if (!DateTimeOffset.TryParse(metadata.Text(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var read))
            return false;
        at = read;
        return true;
    }
}
