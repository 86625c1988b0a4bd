using NhiGrains.Platforms.Catalogues;

namespace NhiGrains.Platforms.Kubernetes.Compiling;

/// <summary>What is wrong with a catalogue: all of it, each with what was probably meant.</summary>
internal static class CatalogueCheck
{
    public static IEnumerable<string> Problems(Catalogue read)
    {
        if (read.Version < 1)
            yield return "'version' is at least 1.";
        var natives = read.NativeVerbs.Concat(read.VerbsThatHandOutAccess).ToArray();
        foreach (var verb in natives.Where(verb => verb.Contains('*', StringComparison.Ordinal)))
            yield return $"'{verb}' is no native verb: wildcards do not exist here.";
        foreach (var verb in read.NativeVerbs.Intersect(read.VerbsThatHandOutAccess, StringComparer.Ordinal))
            yield return $"'{verb}' hands out access and is no verb for native actions.";
        foreach (var twice in read.Types.GroupBy(type => type.Type, StringComparer.Ordinal).Where(group => group.Count() > 1))
            yield return $"The type '{twice.Key}' is there twice.";
        foreach (var verb in read.Verbs.Where(verb => verb.Value.Length == 0))
            yield return $"'{verb.Key}' stands for no native verb.";
        var types = read.Types.Select(type => type.Type).ToArray();
        var names = Named("verb", VerbWords.All, read.Verbs.Keys.Select(verb => ("verbs", verb)))
            .Concat(Named("native verb", read.NativeVerbs, read.Verbs.SelectMany(verb => verb.Value.Select(native => ($"'{verb.Key}'", native)))))
            .Concat(Named("verb", [.. read.Verbs.Keys], read.Types.SelectMany(type => type.Offers.Select(offer => ($"'{type.Type}'", offer)))))
            .Concat(Named("native verb", [.. natives, "*"], read.Types.SelectMany(type => (type.Refuse?.Verbs ?? []).Select(verb => ($"'refuse' of '{type.Type}'", verb)))))
            .Concat(Named("native verb", read.NativeVerbs, read.OutlastsItsEnd.SelectMany(one => one.Verbs.Select(verb => ("outlastsItsEnd", verb)))))
            .Concat(Named("type", types, read.OutlastsItsEnd.SelectMany(one => one.Types.Select(type => ("outlastsItsEnd", type)))))
            .Concat(Named("type", types, read.Types.Select(type => ($"'{type.Type}'", type.Type.Split('/')[0]))));
        foreach (var problem in names)
            yield return problem;
    }

    private static IEnumerable<string> Named(string what, IReadOnlyList<string> known, IEnumerable<(string Where, string Name)> named) => named
        .Where(one => !known.Contains(one.Name, StringComparer.Ordinal))
        .Select(one => $"{one.Where}: there is no {what} '{one.Name}'; the nearest are {NearestNames.To(one.Name, known)}.");
}
