using Newtonsoft.Json;

namespace NhiGrains.Platforms.Gcp.Api;

/// <summary>Policy Troubleshooter v3, which unlike v1 is told the time and the resource that conditions are about.</summary>
internal sealed class PolicyTroubleshooterService(GoogleClient client) : GoogleService(client, "policytroubleshooter", "policytroubleshooter.googleapis.com")
{
    public GoogleRequest<TroubleshootIamPolicyResponse> Troubleshoot(AccessTuple tuple) =>
        Call<TroubleshootIamPolicyResponse>("iam.troubleshoot", "POST", "v3/iam:troubleshoot", new TroubleshootIamPolicyRequest { AccessTuple = tuple });
}

internal sealed class TroubleshootIamPolicyRequest
{
    [JsonProperty("accessTuple")]
    public AccessTuple? AccessTuple { get; set; }
}

internal sealed class AccessTuple
{
    [JsonProperty("principal")]
    public string? Principal { get; set; }

    [JsonProperty("fullResourceName")]
    public string? FullResourceName { get; set; }

    [JsonProperty("permission")]
    public string? Permission { get; set; }

    [JsonProperty("conditionContext")]
    public ConditionContext? ConditionContext { get; set; }
}

internal sealed class ConditionContext
{
    [JsonProperty("resource")]
    public ConditionContextResource? Resource { get; set; }

    [JsonProperty("request")]
    public ConditionContextRequest? Request { get; set; }
}

internal sealed class ConditionContextResource
{
    [JsonProperty("service")]
    public string? Service { get; set; }

    [JsonProperty("name")]
    public string? Name { get; set; }

    [JsonProperty("type")]
    public string? Type { get; set; }
}

internal sealed class ConditionContextRequest
{
    /// <summary>RFC 3339.</summary>
    [JsonProperty("receiveTime")]
    public string? ReceiveTime { get; set; }
}

internal sealed class TroubleshootIamPolicyResponse
{
    /// <summary>CAN_ACCESS, CANNOT_ACCESS, UNKNOWN_INFO or UNKNOWN_CONDITIONAL.</summary>
    [JsonProperty("overallAccessState")]
    public string? OverallAccessState { get; set; }
}
