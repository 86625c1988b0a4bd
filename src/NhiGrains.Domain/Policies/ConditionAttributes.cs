using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using NhiGrains.Cel;
using NhiGrains.Domain.Entitlements;

namespace NhiGrains.Domain.Policies;

/// <summary>What conditions may use; docs/policies.md has the table.</summary>
public static class ConditionAttributes
{
    private static readonly CelType Texts = CelType.List(CelType.String);
    private static readonly CelType TextMap = CelType.Map(CelType.String, CelType.String);

    private const string Lifetime = "request.lifetime";
    private const string Groups = "request.groups";
    private const int MostParts = 5_000;

    // Each with how it is made, and only when a condition asks for it: most look at one or two.
    private static readonly (CelAttribute Attribute, Func<Question, CelValue?> Of)[] All =
    [
        (new("identity.id", CelType.String, MaxSize: 63), about => Text(about.Input.IdentityId)),
        (new("identity.kind", CelType.String, MaxSize: 32), about => Text(Spellings.Of(about.Input.Kind))),
        (new("identity.environment", CelType.String, MaxSize: 63), about => Text(about.Input.Environment)),
        (new("identity.tags", TextMap, MaxSize: 50), about => Map(about.Input.Tags)),
        (new("identity.owner", CelType.String, MaxSize: 200), about => Text(about.Input.Owner.Person)),
        (new("identity.team", CelType.String, MaxSize: 200), about => Text(about.Input.Owner.Team)),
        (new("request.by", CelType.String, MaxSize: 255), about => Text(about.Input.Requester)),
        (new(Groups, Texts, MaxSize: 100), about => List(about.Input.RequesterGroups)),
        (new("request.ticket", CelType.String, MaxSize: 100), about => Text(about.Input.Ticket ?? "")),
        (new("request.standing", CelType.Bool), about => CelValue.Of(about.Input.Lifetime is null)),
        (new(Lifetime, CelType.Duration), about => CelValue.Of(about.Input.Lifetime ?? TimeSpan.Zero)),
        (new("request.at", CelType.Timestamp), about => CelValue.Of(about.Input.At)),
        (new("request.breakGlass", CelType.Bool), about => CelValue.Of(about.Input.BreakGlass)),
        (new("entitlement.platform", CelType.String, MaxSize: 64), about => Text(about.Entitlement.Platform)),
        (new("entitlement.verbs", Texts, MaxSize: 20), about => List(about.Entitlement.Verbs.Select(verb => Spellings.Of(verb)))),
        (new("entitlement.nativeActions", Texts, MaxSize: 100), about => List(about.Entitlement.NativeActions ?? [])),
        (new("entitlement.sourceCidrs", Texts, MaxSize: 100), about => List(about.Entitlement.Conditions.SourceCidrs ?? [])),
        (new("entitlement.sensitivity", CelType.String, MaxSize: 20), about => Text(Spellings.Of(about.Facts.Max(fact => fact.Sensitivity)))),
        // A hundred selectors, of which most reach one thing that the catalogue knows, and some reach several.
        (new("resources", CelType.List(TextMap), MaxSize: 300), PartsOf),
        (new("evidence", CelType.List(TextMap), MaxSize: 50), about => CelValue.List(about.Input.Evidence.Select(one => Map(
            [new("kind", Spellings.Of(one.Kind)), new("trust", one.Trust), new("subject", one.Subject), .. one.Claims])))),
        (new("risks", CelType.List(TextMap), MaxSize: 50), about => CelValue.List(about.Input.Risks.Select(risk => Map(
                [new("source", risk.Source), new("type", risk.Type), new("severity", Spellings.Of(risk.Severity))])))),
    ];

    private static readonly FrozenDictionary<string, Func<Question, CelValue?>> ByName =
        All.ToFrozenDictionary(one => one.Attribute.Name, one => one.Of, StringComparer.Ordinal);

    /// <summary>Conditions are checked against these, and stopped at a cost that a decision can afford.</summary>
    public static CelEnvironment Environment { get; } =
        new(All.Select(one => one.Attribute), new CelLimits { MaxLength = 4_096, MaxCost = 100_000 }) { RefusesWhatAlwaysFails = true };

    /// <summary>The groups that a condition asks about, and where it asks about them in another way than by their names.</summary>
    public static CelMembers GroupsIn(string condition) =>
        // Most say nothing of groups, and need no second look.
        condition.Contains("groups", StringComparison.Ordinal) ? Environment.MembersOf(Groups, condition) : new([], []);

    // Standing access has none: to look at it is an error, so that it is neither short for a permit nor for a deny.
    private static readonly FrozenDictionary<string, Func<Question, CelValue?>> OfStanding =
        ByName.Where(one => one.Key != Lifetime).ToFrozenDictionary(StringComparer.Ordinal);

    internal static IReadOnlyDictionary<string, CelValue> Of(Question question) =>
        new MadeWhenAsked<Question, CelValue>(question, question.Input.Lifetime <= PolicyEngine.MaxLifetime ? ByName : OfStanding);

    // One for each thing that the catalogue says of what a selector reaches: what holds for all of it holds for each, and for any of it
    // for one. What is not known is not there: to look at it is an error, so that it is neither another one for a permit nor for a deny.
    private static IEnumerable<KeyValuePair<string, string>> Of(ResourceSelector resource, ResourceFact fact, string? unknown) =>
    [
        new("type", resource.Type),
        new("container", resource.Container),
        new("name", resource.Name ?? ""),
        new("match", Spellings.Of(resource.Match)),
        new("sensitivity", Spellings.Of(fact.Sensitivity)),
        .. (fact.Application ?? unknown) is { } application ? [new("application", application)] : Array.Empty<KeyValuePair<string, string>>(),
        .. (fact.Environment ?? unknown) is { } environment ? [new("environment", environment)] : Array.Empty<KeyValuePair<string, string>>(),
    ];

    // None when there are so many that to say them costs more than to decide: a condition that asks for them fails then.
    private static CelValue? PartsOf(Question about)
    {
        var parts = about.Entitlement.Resources.SelectMany(resource => about.FactsOf(resource).Distinct().Select(fact => (resource, fact))).Take(MostParts + 1).ToArray();
        var unknown = about.Input.Reading == PolicyReading.First ? "" : null;
        return parts.Length > MostParts ? null : CelValue.List(parts.Select(part => Map(Of(part.resource, part.fact, unknown))));
    }

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
