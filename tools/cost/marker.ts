// How a line of the replay's log begins that holds its counts.
export const marker = "homeport-replay ";
