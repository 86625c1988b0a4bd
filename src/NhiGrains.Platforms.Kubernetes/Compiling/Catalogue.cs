using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Catalogues;

namespace NhiGrains.Platforms.Kubernetes.Compiling;

/// <summary>
/// The versioned, closed set of what can be granted: (verb, resource type) to native verbs. It is data: catalogue.json.
/// </summary>
/// <remarks>
/// LIST is Kubernetes' <c>list</c>, which shows objects with their contents, and never <c>watch</c>: authorization of a watch is
/// asked once, at its start, so an open watch outlives the access. Whoever needs it asks for the native action, and not for a time.
/// </remarks>
/// <param name="Verbs">Our verbs in lower case, and the native ones that they stand for.</param>
/// <param name="NativeVerbs">What a native action may name.</param>
/// <param name="OutlastsItsEnd">What hands out other access, which is still there when the grant is over.</param>
internal sealed record Catalogue(
    int Version,
    IReadOnlyDictionary<string, string[]> Verbs,
    IReadOnlyList<string> NativeVerbs,
    IReadOnlyList<string> VerbsThatHandOutAccess,
    IReadOnlyList<Outlasting> OutlastsItsEnd,
    IReadOnlyList<ResourceType> Types)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    private FrozenDictionary<string, ResourceType>? _byName;

    public static Catalogue Current { get; } = Load();

    public ResourceType? Find(string type) =>
        (_byName ??= Types.ToFrozenDictionary(t => t.Type, StringComparer.Ordinal)).GetValueOrDefault(type) ?? CustomTypes.Find(type);

    /// <summary>The native verbs of a verb on a type; null when the type does not offer it.</summary>
    public IReadOnlyList<string>? NativeOf(Verb verb, ResourceType type)
    {
        var word = VerbWords.Of(verb);
        if (!type.Offers.Contains(word, StringComparer.Ordinal))
            return null;
        // A subresource has no 'create' of its own beside INVOKE: it exists with its parent.
        return type.IsSubresource && verb == Verb.Write ? [.. Verbs[word].Where(native => native != "create")] : Verbs[word];
    }

    /// <summary>Why the native verb on a type leaves something behind, in a sentence; null when it does not.</summary>
    public string? WhyOutlasting(string nativeVerb, string type) =>
        OutlastsItsEnd.FirstOrDefault(one => one.Types.Contains(type, StringComparer.Ordinal) && one.Verbs.Contains(nativeVerb, StringComparer.Ordinal)) is { } found
            ? $"{found.Doing} {type} hands out access that outlasts the end: {found.Because}."
            : null;

    /// <exception cref="CatalogueException">Everything that is wrong with it.</exception>
    public static Catalogue Load(Stream data)
    {
        try
        {
            var read = JsonSerializer.Deserialize<Catalogue>(data, Json) ?? throw new CatalogueException(["It is empty."]);
            string[] problems = [.. CatalogueCheck.Problems(read)];
            return problems.Length == 0 ? read : throw new CatalogueException(problems);
        }
        catch (JsonException wrong)
        {
            throw new CatalogueException([wrong.Message]);
        }
    }

    private static Catalogue Load()
    {
        using var data = typeof(Catalogue).Assembly.GetManifestResourceStream("catalogue.json")
            ?? throw new InvalidOperationException("The catalogue is not in the assembly.");
        return Load(data);
    }
}

/// <param name="Type">The plural, with its subresource: <c>deployments/scale</c>.</param>
/// <param name="Offers">Our verbs, in lower case.</param>
/// <param name="ListShowsSecrets">The contents that LIST shows are secrets, so it needs READ beside it.</param>
internal sealed record ResourceType(
    string Type,
    string Group,
    IReadOnlyList<string> Offers,
    bool ClusterScoped = false,
    bool ListShowsSecrets = false,
    RefusedVerbs? Refuse = null)
{
    /// <summary>For a custom resource: as rules name it, without its group.</summary>
    public string? Plural { get; init; }

    /// <summary>As rules name it.</summary>
    public string Resource => Plural ?? Type;

    public bool IsSubresource => Type.Contains('/', StringComparison.Ordinal);

    /// <summary>Whether Kubernetes can restrict the native verb to a name: the name has to be known when it is authorized.</summary>
    public bool CanName(string nativeVerb) => nativeVerb switch
    {
        "create" => IsSubresource,
        "deletecollection" => false,
        _ => true,
    };

    public string? WhyRefused(string nativeVerb) =>
        Refuse is { } refuse && (refuse.Verbs is ["*"] || refuse.Verbs.Contains(nativeVerb, StringComparer.Ordinal)) ? refuse.Because : null;
}

/// <param name="Doing">The verbs in a word.</param>
internal sealed record Outlasting(string Doing, IReadOnlyList<string> Verbs, IReadOnlyList<string> Types, string Because);

/// <param name="Verbs">Native verbs; <c>*</c> alone for all.</param>
internal sealed record RefusedVerbs(IReadOnlyList<string> Verbs, string Because);
