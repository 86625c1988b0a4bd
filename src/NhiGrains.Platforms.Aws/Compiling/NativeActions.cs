using NhiGrains.Domain;
using NhiGrains.Domain.Entitlements;

namespace NhiGrains.Platforms.Aws.Compiling;

/// <summary>
/// Native actions of AWS: <c>aws:&lt;service&gt;:&lt;action&gt;</c>, for example <c>aws:s3:GetObjectVersion</c>. One holds on those
/// selectors of its entitlement whose type has it.
/// </summary>
internal static class NativeActions
{
    private const string Scheme = "aws:";

    public static IEnumerable<string> For(Entitlement entitlement, AwsType type) =>
        (entitlement.NativeActions ?? []).Where(IsOne).Select(Name).Where(action => Catalogue.Has(type, action));

    /// <summary>The first action that is not one, or that none of the entitlement's resources has.</summary>
    public static Refusal? Check(Entitlement entitlement) =>
        (entitlement.NativeActions ?? []).Select(action => Check(action, entitlement.Resources)).FirstOrDefault(refusal => refusal is not null);

    private static Refusal? Check(string action, IReadOnlyList<ResourceSelector> resources)
    {
        if (!IsOne(action))
            return Refusals.MalformedNativeAction;
        if (!Catalogue.Current.Actions.Contains(Name(action), StringComparer.Ordinal))
            return Refusals.UnknownNativeAction(Name(action));
        var types = Catalogue.Current.Types.Where(type => Catalogue.Has(type, Name(action))).Select(type => type.Type).ToArray();
        if (types.Length == 0)
            return Refusals.HandsOutAccess(Name(action));
        return resources.Any(resource => types.Contains(resource.Type, StringComparer.Ordinal)) ? null : Refusals.ActionWithoutResource(Name(action), types);
    }

    private static bool IsOne(string action) => action.StartsWith(Scheme, StringComparison.Ordinal) && action.Split(':').Length == 3;

    private static string Name(string action) => action[Scheme.Length..];
}
