using System.Net;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Aws.Compiling;

namespace NhiGrains.Platforms.Aws.Probing;

/// <summary>
/// What has to be asked to know that policies mean what was desired: yes for each action on a sample of each resource; no for all that
/// was just taken away, and around the samples. Pure.
/// </summary>
internal static class Questions
{
    private const string Sample = "nhi-probe";

    /// <summary>Each has a call of its own, so not around all of very many.</summary>
    private const int MostNetworks = 4;

    /// <summary>Addresses of documentation (RFC 5737), which nobody has.</summary>
    private static readonly IPAddress[] Elsewhere = [IPAddress.Parse("192.0.2.1"), IPAddress.Parse("198.51.100.1"), IPAddress.Parse("203.0.113.1")];

    public static IEnumerable<Question> About(DesiredState desired, Place place, DateTimeOffset now)
    {
        var wanted = desired.Entitlements.Where(one => IsCompiled(one, place)).ToArray();
        var ended = desired.EndedEntitlements.Select(one => new DesiredEntitlement(one, "", EndsAt: null)).Where(one => IsCompiled(one, place));
        bool IsGiven(Request request) => Meaning.Gives(wanted, request, place);

        var yes = wanted.SelectMany(one => Samples(one, place, now)).Select(request => new Question(request, IsGiven(request), "is granted"));
        var gone = ended.SelectMany(one => Samples(one, place, now)).Where(request => !IsGiven(request)).Select(request => new Question(request, Expected: false, "was taken away"));
        var around = wanted.SelectMany(one => Around(one, place, now, IsGiven));
        return yes.Concat(gone).Concat(around).DistinctBy(question => question.Request.ToString() + question.Request.ContextText, StringComparer.Ordinal);
    }

    /// <summary>A refused entitlement was never applied, so nothing is to be asked about it.</summary>
    private static bool IsCompiled(DesiredEntitlement wanted, Place place) => Compiler.StatementsOf(wanted, place).IsOk;

    private static IEnumerable<Request> Samples(DesiredEntitlement wanted, Place place, DateTimeOffset now) =>
        wanted.Entitlement.Resources.SelectMany(resource => Samples(wanted, resource, place, now));

    private static IEnumerable<Request> Samples(DesiredEntitlement wanted, ResourceSelector resource, Place place, DateTimeOffset now) =>
        Catalogue.Current.Find(resource.Type) is { } type
            ? Meaning.ActionsOf(wanted.Entitlement, type).Select(action => Of(action, type, resource.Container, NameIn(resource), wanted, place, now))
            : [];

    private static Request Of(string action, AwsType type, string container, string name, DesiredEntitlement wanted, Place place, DateTimeOffset now)
    {
        var conditions = wanted.Entitlement.Conditions;
        var at = conditions.NotBefore > now ? Bounds.RoundedUp(conditions.NotBefore.Value) : now;
        var from = conditions.SourceCidrs is [var cidr, ..] ? IPNetwork.Parse(cidr).BaseAddress : Elsewhere[0];
        var owner = type.OwnerKey is { } key ? (key, place.AccountId) : ((string, string)?)null;
        return type.Listing is { } listing && SelectorCompiler.IsListing(type, action)
            ? new(action, place.Arn(listing.Arn, container, ""), at, from, (listing.PrefixKey, name), conditions.ResourceTagEquals, owner)
            : new(action, place.Arn(type.Arn, container, name + type.Suffix?.Replace('?', 'x')), at, from, null, conditions.ResourceTagEquals, owner);
    }

    private static IEnumerable<Question> Around(DesiredEntitlement wanted, Place place, DateTimeOffset now, Func<Request, bool> isGiven) =>
        wanted.Entitlement.Resources.SelectMany(resource => Around(wanted, resource, place, now, isGiven));

    /// <summary>Around one sample of what is about the resource itself, and one of what is about its container.</summary>
    private static IEnumerable<Question> Around(DesiredEntitlement wanted, ResourceSelector resource, Place place, DateTimeOffset now, Func<Request, bool> isGiven) =>
        Catalogue.Current.Find(resource.Type) is { } type
            ? Samples(wanted, resource, place, now)
                .DistinctBy(sample => sample.Listed is null)
                .SelectMany(sample => Around(sample, wanted, resource, type, (action, container, name) => Of(action, type, container, name, wanted, place, now)))
                .Where(question => !isGiven(question.Request))
            : [];

    private static IEnumerable<Question> Around(Request sample, DesiredEntitlement wanted, ResourceSelector resource, AwsType type, Func<string, string, string, Request> at)
    {
        var conditions = wanted.Entitlement.Conditions;
        var candidates = new (string Why, IEnumerable<Request> Asked)[]
        {
            ("a sibling action", type.Verbs.Values.SelectMany(actions => actions).Concat(type.Native).Select(action => at(action, resource.Container, NameIn(resource)))),
            ("a neighbouring name", Neighbours(resource).Select(name => at(sample.Action, resource.Container, name))),
            ("another container", resource.Container.Length == 0 ? [] : [at(sample.Action, OtherThan(resource.Container, type), NameIn(resource))]),
            ("a listing of all", sample.Listed is { } listed ? [sample with { Listed = (listed.Key, null) }] : []),
            ("after the end", Bounds.EndOf(wanted) is { } end ? [sample with { At = end }] : []),
            ("before the beginning", conditions.NotBefore is { } begin ? [sample with { At = begin.AddSeconds(-1) }] : []),
            ("another address", conditions.SourceCidrs is { Count: > 0 } cidrs ? [sample with { From = null }, sample with { From = Elsewhere[^1] }, .. cidrs.Take(MostNetworks).SelectMany(Beside).Select(address => sample with { From = address })] : []),
            ("another account", sample.Owner is { } owner ? [sample with { Owner = (owner.Key, owner.Account == "000000000000" ? "111111111111" : "000000000000") }] : []),
            ("another tag", conditions.ResourceTagEquals is { Count: > 0 } tags ? [sample with { Tags = tags.ToDictionary(tag => tag.Key, tag => $"{tag.Value}-other", StringComparer.Ordinal) }, sample with { Tags = null }] : []),
        };
        return candidates.SelectMany(candidate => candidate.Asked.Select(request => new Question(request, Expected: false, candidate.Why)));
    }

    /// <summary>The addresses just before and just after a network.</summary>
    private static IEnumerable<IPAddress> Beside(string cidr)
    {
        var network = IPNetwork.Parse(cidr);
        var (first, last) = (network.BaseAddress.GetAddressBytes(), network.BaseAddress.GetAddressBytes());
        for (var bit = network.PrefixLength; bit < last.Length * 8; bit++)
            last[bit / 8] |= (byte)(0x80 >> (bit % 8));
        return [Moved(first, -1), Moved(last, 1)];
    }

    /// <summary>With carry; beyond the last address follows the first.</summary>
    private static IPAddress Moved(byte[] address, int by)
    {
        for (var i = address.Length - 1; i >= 0; i--)
        {
            address[i] = (byte)(address[i] + by);
            if (address[i] != (by > 0 ? 0 : byte.MaxValue))
                break;
        }

        return new(address);
    }

    private static string NameIn(ResourceSelector resource) => resource.Match switch
    {
        ResourceMatch.Exact => resource.Name ?? "",
        ResourceMatch.Prefix => $"{resource.Name}{Sample}",
        _ => Sample,
    };

    /// <summary>What a prefix that lost its separator, or a name with a star behind it, would give as well.</summary>
    private static IEnumerable<string> Neighbours(ResourceSelector resource) => resource.Match switch
    {
        ResourceMatch.Exact => [$"{resource.Name}-other", $"{Sample}-other"],
        ResourceMatch.Prefix => [$"{resource.Name?[..^1]}b{Sample}", $"{Sample}-other"],
        _ => [],
    };

    private static string OtherThan(string container, AwsType type) =>
        type.Container == "bucket" ? $"{container}-other" : container == "eu-central-1" ? "us-east-1" : "eu-central-1";
}
