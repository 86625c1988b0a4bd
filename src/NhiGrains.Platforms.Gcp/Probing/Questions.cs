using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Gcp.Compiling;

namespace NhiGrains.Platforms.Gcp.Probing;

/// <summary>A resource that exists.</summary>
internal sealed record Known(string Type, string Container, string Name);

/// <summary>
/// What has to be asked to know that access means what was desired: yes for all that is given; no for all that was just taken away,
/// after the end, and around a sample of each resource. Pure.
/// </summary>
/// <param name="known">Resources that exist, for samples of what is given on all, and for neighbours.</param>
internal sealed class Questions(IReadOnlyList<Access> given, IReadOnlyList<Known> known, DateTimeOffset now)
{
    /// <summary>The name of an object that nobody has; a policy does not ask whether it exists.</summary>
    private const string Nobody = "nhigrains-probe";

    private readonly List<string> _notAsked = [];

    /// <summary>What could not be asked, and why.</summary>
    public IReadOnlyList<string> NotAsked => _notAsked;

    public IReadOnlyList<Question> About(IReadOnlyList<Access> taken)
    {
        var yes = given.Where(access => !(access.From > now) && !(access.Until <= now)).Select(access => Sample(access, expected: true, "is granted"));
        var gone = taken.Select(access => Sample(access, expected: false, "was taken away"));
        var ended = given.Where(access => access.Until > now).Select(access => Sample(access, expected: false, "after the end") is { } at ? at with { At = access.Until ?? now } : null);
        var around = given.GroupBy(access => access.Resource).SelectMany(same => Around(same.OrderBy(access => access.Permission, StringComparer.Ordinal).First()));
        return
        [
            .. yes.Concat(gone).Concat(ended).Concat(around).OfType<Question>()
                .Where(question => question.Expected || !IsGiven(question))
                .DistinctBy(question => (question.Type.Type, question.Container, question.Name, question.Permission, question.At)),
        ];
    }

    private bool IsGiven(Question question) =>
        given.Any(access => access.Gives(question.Type, question.Container, question.Name, question.Permission, question.At));

    /// <summary>One resource of the selection.</summary>
    private Question? Sample(Access access, bool expected, string why)
    {
        var (type, resource) = (access.Type, access.Resource);
        if (access.IsOfWhole)
        {
            // Policy Troubleshooter cannot be told of which prefix a list is.
            return resource.Match == ResourceMatch.Prefix ? Skip($"{access.Permission} below '{resource.Name}' in {resource.Container}: Google's authorizer cannot be told the prefix of a list")
                : new(type, resource.Container, null, access.Permission, now, expected, why);
        }

        if (resource.Match == ResourceMatch.Exact)
            return new(type, resource.Container, resource.Name, access.Permission, now, expected, why);
        if (type.PolicyOf == PolicyOf.Container)
            return new(type, resource.Container, resource.Name + Nobody, access.Permission, now, expected, why);
        return known.FirstOrDefault(one => one.Type == type.Type && one.Name.StartsWith(resource.Name ?? "", StringComparison.Ordinal)) is { } found
            ? new(type, found.Container, found.Name, access.Permission, now, expected, why)
            : Skip($"{access.Permission} of {resource}: there is none to ask about");
    }

    private IEnumerable<Question> Around(Access access)
    {
        if (access.IsOfWhole || Sample(access, expected: false, "") is not { Name: { } name } sample)
            yield break;
        foreach (var sibling in access.Type.Verbs.Values.SelectMany(permissions => permissions)
            .Concat(Catalogue.Current.HandsOutAccess.Where(access.Type.IsAbout))
            .Where(permission => !access.Type.WholeOnly.Contains(permission, StringComparer.Ordinal))
            .Select(permission => sample with { Permission = permission, Why = "a sibling permission" }))
            yield return sibling;
        if (access.Type.PolicyOf == PolicyOf.Container)
        {
            yield return sample with { Name = Neighbour(access.Resource, name), Why = "a neighbouring name" };
            if (known.FirstOrDefault(one => one.Type == "storage-bucket" && one.Name != sample.Container) is { } bucket)
                yield return sample with { Container = bucket.Name, Why = "another bucket" };
        }
        else if (known.Where(one => one.Type == access.Type.Type)
            .Select(one => sample with { Container = one.Container, Name = one.Name, Why = "another resource" })
            .FirstOrDefault(question => !IsGiven(question)) is { } other)
        {
            yield return other;
        }
    }

    /// <summary>Next to a prefix is what begins with all of it but its last character: 'team-a-other' is next to 'team-a/'.</summary>
    private static string Neighbour(ResourceSelector resource, string name) =>
        resource is { Match: ResourceMatch.Prefix, Name: { } prefix } ? $"{prefix[..^1]}{(prefix[^1] == '-' ? '_' : '-')}other" : $"{name}-other";

    private Question? Skip(string why)
    {
        if (!_notAsked.Contains(why, StringComparer.Ordinal))
            _notAsked.Add(why);
        return null;
    }
}
