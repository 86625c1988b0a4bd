namespace NhiGrains.Platforms.Gcp.Api;

/// <summary>IAM v1: service accounts, their keys and policies, and roles.</summary>
internal sealed class IamService(GoogleClient client) : GoogleService(client, "iam", "iam.googleapis.com")
{
    /// <summary>The most that Google gives on a page.</summary>
    private const int AccountsOnAPage = 100;
    private const int RolesOnAPage = 300;

    public GoogleRequest<ServiceAccount> CreateAccount(string project, CreateServiceAccountRequest request) =>
        Call<ServiceAccount>("projects.serviceAccounts.create", "POST", $"v1/projects/{Escaped(project)}/serviceAccounts", request);

    /// <param name="name"><c>projects/shop/serviceAccounts/billing@shop.iam.gserviceaccount.com</c>, or with the unique id in place of the address.</param>
    public GoogleRequest<ServiceAccount> GetAccount(string name) =>
        Call<ServiceAccount>("projects.serviceAccounts.get", "GET", $"v1/{Escaped(name)}");

    public GoogleRequest<ListServiceAccountsResponse> ListAccounts(string project, string? page) =>
        Call<ListServiceAccountsResponse>("projects.serviceAccounts.list", "GET", Paged($"v1/projects/{Escaped(project)}/serviceAccounts", AccountsOnAPage, page));

    public GoogleRequest<Empty> DeleteAccount(string name) =>
        Call<Empty>("projects.serviceAccounts.delete", "DELETE", $"v1/{Escaped(name)}");

    public GoogleRequest<Empty> DisableAccount(string name) =>
        Call<Empty>("projects.serviceAccounts.disable", "POST", $"v1/{Escaped(name)}:disable", new Empty());

    public GoogleRequest<Empty> EnableAccount(string name) =>
        Call<Empty>("projects.serviceAccounts.enable", "POST", $"v1/{Escaped(name)}:enable", new Empty());

    public GoogleRequest<ListServiceAccountKeysResponse> ListUserManagedKeys(string account) =>
        Call<ListServiceAccountKeysResponse>("projects.serviceAccounts.keys.list", "GET", $"v1/{Escaped(account)}/keys?keyTypes=USER_MANAGED");

    public GoogleRequest<Empty> DeleteKey(string name) =>
        Call<Empty>("projects.serviceAccounts.keys.delete", "DELETE", $"v1/{Escaped(name)}");

    public GoogleRequest<Policy> GetPolicy(string account) =>
        Call<Policy>("projects.serviceAccounts.getIamPolicy", "POST", $"v1/{Escaped(account)}:getIamPolicy?options.requestedPolicyVersion=3");

    public GoogleRequest<Policy> SetPolicy(string account, Policy policy) =>
        Call<Policy>("projects.serviceAccounts.setIamPolicy", "POST", $"v1/{Escaped(account)}:setIamPolicy", new SetIamPolicyRequest { Policy = policy });

    /// <param name="name"><c>projects/shop/roles/x</c> or <c>roles/pubsub.publisher</c>. One that was deleted is found as such.</param>
    public GoogleRequest<Role> GetRole(string name) =>
        Call<Role>(name.StartsWith("roles/", StringComparison.Ordinal) ? "roles.get" : "projects.roles.get", "GET", $"v1/{Escaped(name)}");

    /// <summary>All of the project's own, with their permissions.</summary>
    public GoogleRequest<ListRolesResponse> ListRoles(string project, string? page) =>
        Call<ListRolesResponse>("projects.roles.list", "GET", Paged($"v1/projects/{Escaped(project)}/roles?view=FULL&showDeleted=true", RolesOnAPage, page));

    public GoogleRequest<Role> CreateRole(string project, CreateRoleRequest request) =>
        Call<Role>("projects.roles.create", "POST", $"v1/projects/{Escaped(project)}/roles", request);

    public GoogleRequest<Role> PatchPermissions(string name, Role role) =>
        Call<Role>("projects.roles.patch", "PATCH", $"v1/{Escaped(name)}?updateMask=includedPermissions", role);

    public GoogleRequest<Role> UndeleteRole(string name) =>
        Call<Role>("projects.roles.undelete", "POST", $"v1/{Escaped(name)}:undelete", new Empty());
}
