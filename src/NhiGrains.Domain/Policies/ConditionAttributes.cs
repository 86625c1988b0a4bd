using System.Buffers;
using System.Text;
using NhiGrains.Cel;
using NhiGrains.Domain.Entitlements;

namespace NhiGrains.Domain.Policies;

/// <summary>What conditions may use; docs/policies.md has the table.</summary>
public static class ConditionAttributes
{
    private static readonly CelType Texts = CelType.List(CelType.String);
    private static readonly CelType TextMap = CelType.Map(CelType.String, CelType.String);

    /// <summary>Conditions are checked against these, and stopped at a cost that a decision can afford.</summary>
    public static CelEnvironment Environment { get; } = new(
        [
            new("identity.id", CelType.String, MaxSize: 63),
            new("identity.kind", CelType.String, MaxSize: 32),
            new("identity.environment", CelType.String, MaxSize: 63),
            new("identity.tags", TextMap, MaxSize: 50),
            new("identity.owner", CelType.String, MaxSize: 200),
            new("identity.team", CelType.String, MaxSize: 200),
            new("request.by", CelType.String, MaxSize: 255),
            new("request.groups", Texts, MaxSize: 100),
            new("request.ticket", CelType.String, MaxSize: 100),
            new("request.standing", CelType.Bool),
            new("request.lifetime", CelType.Duration),
            new("request.at", CelType.Timestamp),
            new("request.breakGlass", CelType.Bool),
            new("entitlement.platform", CelType.String, MaxSize: 64),
            new("entitlement.verbs", Texts, MaxSize: 20),
            new("entitlement.nativeActions", Texts, MaxSize: 100),
            new("entitlement.sourceCidrs", Texts, MaxSize: 100),
            new("entitlement.sensitivity", CelType.String, MaxSize: 20),
            new("resources", CelType.List(TextMap), MaxSize: 100),
            new("evidence", CelType.List(TextMap), MaxSize: 50),
            new("risks", CelType.List(TextMap), MaxSize: 50),
        ],
        new CelLimits { MaxLength = 4_096, MaxCost = 100_000 });

    internal static IReadOnlyDictionary<string, CelValue> Of(Question question)
    {
        var (input, entitlement) = (question.Input, question.Entitlement);
        var attributes = new Dictionary<string, CelValue>(StringComparer.Ordinal)
        {
            ["identity.id"] = Text(input.IdentityId),
            ["identity.kind"] = Text(Spellings.Of(input.Kind)),
            ["identity.environment"] = Text(input.Environment),
            ["identity.tags"] = Map(input.Tags),
            ["identity.owner"] = Text(input.Owner.Person),
            ["identity.team"] = Text(input.Owner.Team),
            ["request.by"] = Text(input.Requester),
            ["request.groups"] = List(input.RequesterGroups),
            ["request.ticket"] = Text(input.Ticket ?? ""),
            ["request.standing"] = CelValue.Of(input.Lifetime is null),
            ["request.at"] = CelValue.Of(input.At),
            ["request.breakGlass"] = CelValue.Of(input.BreakGlass),
            ["entitlement.platform"] = Text(entitlement.Platform),
            ["entitlement.verbs"] = List(entitlement.Verbs.Select(verb => Spellings.Of(verb))),
            ["entitlement.nativeActions"] = List(entitlement.NativeActions ?? []),
            ["entitlement.sourceCidrs"] = List(entitlement.Conditions.SourceCidrs ?? []),
            ["entitlement.sensitivity"] = Text(Spellings.Of(question.Facts.Max(fact => fact.Sensitivity))),
            ["resources"] = CelValue.List(entitlement.Resources.Select(resource => Map(Of(resource, question.FactsOf(resource))))),
            ["evidence"] = CelValue.List(input.Evidence.Select(one => Map(
                [new("kind", Spellings.Of(one.Kind)), new("trust", one.Trust), new("subject", one.Subject), .. one.Claims]))),
            ["risks"] = CelValue.List(input.Risks.Select(risk => Map(
                [new("source", risk.Source), new("type", risk.Type), new("severity", Spellings.Of(risk.Severity))]))),
        };

        // Standing access has none: to look at it is an error, so that it is neither short for a permit nor for a deny.
        if (input.Lifetime is { } lifetime && lifetime <= PolicyEngine.MaxLifetime)
            attributes["request.lifetime"] = CelValue.Of(lifetime);
        return attributes;
    }

    // The last fact is that of the selector itself; what else a wide one reaches can only be more.
    private static IEnumerable<KeyValuePair<string, string>> Of(ResourceSelector resource, IReadOnlyList<ResourceFact> facts) =>
    [
        new("type", resource.Type),
        new("container", resource.Container),
        new("name", resource.Name ?? ""),
        new("match", Spellings.Of(resource.Match)),
        new("sensitivity", Spellings.Of(facts.Max(fact => fact.Sensitivity))),
        new("application", facts[^1].Application ?? ""),
        new("environment", facts[^1].Environment ?? ""),
    ];

    private static CelValue List(IEnumerable<string> texts) => CelValue.List(texts.Select(Text));

    // Of two of the same name the first counts.
    private static CelValue Map(IEnumerable<KeyValuePair<string, string>> entries) =>
        CelValue.Map(entries.DistinctBy(entry => Whole(entry.Key), StringComparer.Ordinal).Select(entry => KeyValuePair.Create(Text(entry.Key), Text(entry.Value))));

    private static CelValue Text(string text) => CelValue.Of(Whole(text));

    // Half a surrogate pair is no text to CEL, and may come in from anywhere.
    private static string Whole(string text) => IsWhole(text) ? text : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static bool IsWhole(string text)
    {
        for (ReadOnlySpan<char> rest = text; !rest.IsEmpty;)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out var used) != OperationStatus.Done)
                return false;
            rest = rest[used..];
        }

        return true;
    }
}
