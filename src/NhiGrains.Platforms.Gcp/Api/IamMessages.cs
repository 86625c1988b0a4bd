using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

// Google's messages, as its discovery documents name them and their members. What we do not know of a policy is kept.
namespace NhiGrains.Platforms.Gcp.Api;

internal sealed class ServiceAccount
{
    [JsonProperty("name")]
    public string? Name { get; set; }

    [JsonProperty("email")]
    public string? Email { get; set; }

    [JsonProperty("uniqueId")]
    public string? UniqueId { get; set; }

    [JsonProperty("displayName")]
    public string? DisplayName { get; set; }

    [JsonProperty("description")]
    public string? Description { get; set; }

    [JsonProperty("disabled")]
    public bool? Disabled { get; set; }

    /// <summary>Its name by the id that is never used again: an account that somebody makes under the address meanwhile is another one.</summary>
    /// <exception cref="PlatformException">With <see cref="PlatformError.Unavailable"/>, when Google gave no id.</exception>
    public string LastingNameIn(string project) => UniqueId is { Length: > 0 } id && id.All(char.IsAsciiDigit)
        ? $"projects/{project}/serviceAccounts/{id}"
        : throw ApiFailures.Unavailable("call a service account by its id", "it has none");
}

internal sealed class CreateServiceAccountRequest
{
    [JsonProperty("accountId")]
    public string? AccountId { get; set; }

    [JsonProperty("serviceAccount")]
    public ServiceAccount? ServiceAccount { get; set; }
}

internal sealed class ServiceAccountKey
{
    [JsonProperty("name")]
    public string? Name { get; set; }

    [JsonProperty("disabled")]
    public bool? Disabled { get; set; }

    /// <summary><c>GOOGLE_PROVIDED</c>, or <c>USER_PROVIDED</c> when its public half was uploaded.</summary>
    [JsonProperty("keyOrigin")]
    public string? KeyOrigin { get; set; }

    [JsonProperty("validAfterTime")]
    public string? ValidAfterTime { get; set; }

    [JsonProperty("validBeforeTime")]
    public string? ValidBeforeTime { get; set; }
}

internal sealed class ListServiceAccountKeysResponse
{
    [JsonProperty("keys")]
    public IList<ServiceAccountKey>? Keys { get; set; }
}

internal sealed class Role
{
    [JsonProperty("name")]
    public string? Name { get; set; }

    [JsonProperty("title")]
    public string? Title { get; set; }

    [JsonProperty("description")]
    public string? Description { get; set; }

    [JsonProperty("includedPermissions")]
    public IList<string>? IncludedPermissions { get; set; }

    [JsonProperty("stage")]
    public string? Stage { get; set; }

    [JsonProperty("etag")]
    public string? ETag { get; set; }

    [JsonProperty("deleted")]
    public bool? Deleted { get; set; }
}

internal sealed class CreateRoleRequest
{
    [JsonProperty("roleId")]
    public string? RoleId { get; set; }

    [JsonProperty("role")]
    public Role? Role { get; set; }
}

internal sealed class Policy
{
    [JsonProperty("version")]
    public int? Version { get; set; }

    [JsonProperty("etag")]
    public string? ETag { get; set; }

    [JsonProperty("bindings")]
    public IList<PolicyBinding>? Bindings { get; set; }

    [JsonExtensionData]
    public IDictionary<string, JToken>? Rest { get; set; }

    /// <summary>Its bindings can be changed without changing this one's; a condition is replaced and never changed.</summary>
    public Policy Copy() => new()
    {
        Version = Version,
        ETag = ETag,
        Bindings = Bindings is null ? null : [.. Bindings.Select(one => new PolicyBinding
        {
            Role = one.Role, Members = one.Members is null ? null : [.. one.Members], Condition = one.Condition, Rest = one.Rest,
        })],
        Rest = Rest,
    };
}

/// <summary>Google calls it Binding, which is another word here.</summary>
internal sealed class PolicyBinding
{
    [JsonProperty("role")]
    public string? Role { get; set; }

    [JsonProperty("members")]
    public IList<string>? Members { get; set; }

    [JsonProperty("condition")]
    public Expr? Condition { get; set; }

    [JsonExtensionData]
    public IDictionary<string, JToken>? Rest { get; set; }
}

internal sealed class Expr
{
    [JsonProperty("title")]
    public string? Title { get; set; }

    [JsonProperty("description")]
    public string? Description { get; set; }

    [JsonProperty("expression")]
    public string? Expression { get; set; }

    [JsonExtensionData]
    public IDictionary<string, JToken>? Rest { get; set; }
}

internal sealed class GetIamPolicyRequest
{
    [JsonProperty("options")]
    public GetPolicyOptions Options { get; } = new();
}

internal sealed class GetPolicyOptions
{
    /// <summary>Anything less hides conditions.</summary>
    [JsonProperty("requestedPolicyVersion")]
    public int RequestedPolicyVersion { get; } = 3;
}

internal sealed class SetIamPolicyRequest
{
    [JsonProperty("policy")]
    public Policy? Policy { get; set; }
}

internal sealed class Empty;
