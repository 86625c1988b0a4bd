using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using NhiGrains.Domain.Entitlements;

namespace NhiGrains.Platforms.Catalogues;

/// <summary>One resource type of a catalogue. A platform's own record of it adds what it needs, for example the form of an ARN.</summary>
public interface ICatalogueType
{
    /// <summary>The type as entitlements name it.</summary>
    string Type { get; }

    /// <summary>Verbs as <see cref="VerbWords"/> spells them, each with the native actions that it stands for.</summary>
    IReadOnlyDictionary<string, string[]> Verbs { get; }
}

/// <summary>
/// The versioned, closed set of what can be granted on a platform: (resource type, verb) to native actions. It is a data file,
/// and it is checked when it is loaded.
/// </summary>
/// <param name="Version">From 1; grows with every change of meaning.</param>
/// <param name="Actions">Every native action that the platform has and this file knows; verbs and native actions name no others.</param>
/// <param name="HandsOutAccess">Those by which access is handed on: a class of their own, never behind a verb of another type.</param>
public sealed record PlatformCatalogue<TType>(
    int Version,
    IReadOnlyList<string> Actions,
    IReadOnlyList<string> HandsOutAccess,
    IReadOnlyList<TType> Types)
    where TType : ICatalogueType
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Web)
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    private FrozenDictionary<string, TType>? _byName;

    /// <summary>Null when there is no such type.</summary>
    public TType? Find(string type) => (_byName ??= Types.ToFrozenDictionary(one => one.Type, StringComparer.Ordinal)).GetValueOrDefault(type);

    /// <summary>The native actions of a verb on a type; null when the type does not offer it.</summary>
    public static IReadOnlyList<string>? ActionsOf(Verb verb, TType type) => type.Verbs.GetValueOrDefault(VerbWords.Of(verb));

    /// <summary>The catalogue that is embedded in an assembly.</summary>
    /// <exception cref="CatalogueException">It is not there, or something is wrong with it.</exception>
    public static PlatformCatalogue<TType> Load(Assembly from, string resource)
    {
        using var data = from.GetManifestResourceStream(resource) ?? throw new CatalogueException([$"'{resource}' is not in {from.GetName().Name}."]);
        return Load(data);
    }

    /// <exception cref="CatalogueException">Everything that is wrong with it.</exception>
    public static PlatformCatalogue<TType> Load(Stream data)
    {
        var read = Read(data);
        string[] problems = [.. Problems(read)];
        return problems.Length == 0 ? read : throw new CatalogueException(problems);
    }

    private static PlatformCatalogue<TType> Read(Stream data)
    {
        try
        {
            return JsonSerializer.Deserialize<PlatformCatalogue<TType>>(data, Json) ?? throw new CatalogueException(["It is empty."]);
        }
        catch (JsonException wrong)
        {
            throw new CatalogueException([wrong.Message]);
        }
    }

    private static IEnumerable<string> Problems(PlatformCatalogue<TType> read)
    {
        if (read.Version < 1)
            yield return "'version' is at least 1.";
        foreach (var action in read.Actions.Where(action => action.Contains('*', StringComparison.Ordinal)))
            yield return $"'{action}' is no action: wildcards do not exist here.";
        foreach (var action in read.HandsOutAccess.Where(action => !read.Actions.Contains(action, StringComparer.Ordinal)))
            yield return Unknown("action", action, "handsOutAccess", read.Actions);
        foreach (var twice in read.Types.GroupBy(type => type.Type, StringComparer.Ordinal).Where(group => group.Count() > 1))
            yield return $"The type '{twice.Key}' is there twice.";
        foreach (var (type, verb, actions) in read.Types.SelectMany(type => type.Verbs.Select(verb => (type.Type, verb.Key, verb.Value))))
        {
            if (!VerbWords.All.Contains(verb, StringComparer.Ordinal))
                yield return Unknown("verb", verb, type, VerbWords.All);
            if (actions.Length == 0)
                yield return $"'{verb}' of '{type}' stands for no action.";
            foreach (var action in actions.Where(action => !read.Actions.Contains(action, StringComparer.Ordinal)))
                yield return Unknown("action", action, $"'{verb}' of '{type}'", read.Actions);
        }
    }

    private static string Unknown(string what, string name, string where, IReadOnlyList<string> known) =>
        $"{where}: there is no {what} '{name}'; the nearest are {NearestNames.To(name, known)}.";
}

/// <summary>A catalogue file is wrong; the message lists everything that is.</summary>
public sealed class CatalogueException(IReadOnlyList<string> problems)
    : Exception($"The catalogue is wrong: {string.Join(' ', problems)}")
{
    public IReadOnlyList<string> Problems { get; } = problems;
}
