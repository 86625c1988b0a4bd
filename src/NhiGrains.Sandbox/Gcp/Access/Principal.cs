using NhiGrains.Sandbox.Gcp.State;

namespace NhiGrains.Sandbox.Gcp.Access;

/// <summary>Who calls, or who is asked about.</summary>
/// <param name="Member">As bindings keep it: <c>user:…</c>, or a service account by unique id; null: nobody that is known.</param>
/// <param name="IsAdministrator">The sandbox's own key, which opens everything.</param>
internal sealed record Principal(string? Member, bool IsAdministrator = false)
{
    public static Principal Anybody { get; } = new(Member: null);

    public static Principal Of(ServiceAccount account) => new(Policies.Member.Of(account));

    /// <summary>Whether a member of a binding is this principal, or a set that it is in. Groups and domains have nobody in them here.</summary>
    /// <param name="ofBasic">Whether the principal has a basic role on the project: owner, editor or viewer.</param>
    public bool Is(string member, Func<string, bool> ofBasic) => member switch
    {
        "allUsers" => true,
        "allAuthenticatedUsers" => Member is not null,
        _ when member.StartsWith("projectOwner:", StringComparison.Ordinal) => ofBasic("roles/owner"),
        _ when member.StartsWith("projectEditor:", StringComparison.Ordinal) => ofBasic("roles/editor"),
        _ when member.StartsWith("projectViewer:", StringComparison.Ordinal) => ofBasic("roles/viewer"),
        _ => Member is not null && string.Equals(member, Member, StringComparison.OrdinalIgnoreCase),
    };
}
