using NhiGrains.Domain;
using NhiGrains.Platforms.Gcp.Objects;

namespace NhiGrains.Platforms.Gcp.Compiling;

/// <summary>A binding that is to be: what an entitlement gives at one place, to one selection, in one window.</summary>
/// <param name="Source">The grant's id or <c>intent</c>: what ends with one leaves the others alone.</param>
/// <param name="Selection">A test of the resource; null: everything at the place.</param>
internal sealed record Wanted(Place Place, string? Selection, string Source, DateTimeOffset? From, DateTimeOffset? Until, DateTimeOffset? EndsAt)
{
    /// <summary>What holds back a binding: nothing where Google takes no conditions.</summary>
    public string? Condition
    {
        get
        {
            if (!Place.TakesConditions)
                return null;
            string?[] tests = [Selection, From is { } from ? CelText.From(from) : null, EndsAt is { } end ? CelText.Until(end) : null];
            var said = tests.OfType<string>().ToArray();
            return said.Length == 0 ? CelText.Standing : CelText.All(said);
        }
    }

    /// <summary>16 hexadecimal digits. An end that was moved is the same binding with another condition.</summary>
    public string DigestWith(IEnumerable<string> permissions) => Canonical.Digest(new
    {
        Place.Name,
        Selection,
        Source,
        From,
        Until,
        Permissions = permissions.Order(StringComparer.Ordinal).ToArray(),
    })[..16];
}
